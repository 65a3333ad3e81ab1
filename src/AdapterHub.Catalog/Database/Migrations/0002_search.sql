-- The words of every repository (rowid = Repositories.Id), written by SearchIndex. Name, Owner, Title, Tags and Base also hold their parts
-- joined ("king-james" gives king, james and kingjames), because people type them in each of these ways.
CREATE VIRTUAL TABLE "SearchDocuments" USING fts5(
    "Name", "Owner", "Title", "Tags", "Base", "Summary", "Body",
    tokenize = 'unicode61 remove_diacritics 2',
    prefix = '1 2 3'
);

-- The last change of every repository that search has to know of, in the order of the commits. Triggers keep it, so that no writer can
-- forget; readers that remember a number bring themselves up to date with the rows above it. A purged repository keeps its row.
CREATE TABLE "SearchChanges" (
    "RepositoryId" INTEGER NOT NULL PRIMARY KEY,
    "Sequence" INTEGER NOT NULL
);

CREATE INDEX "IX_SearchChanges_Sequence" ON "SearchChanges" ("Sequence");

INSERT INTO "SearchChanges" SELECT "Id", 1 FROM "Repositories";

CREATE TRIGGER "TR_Repositories_Insert_Search" AFTER INSERT ON "Repositories" BEGIN
    INSERT INTO "SearchChanges" VALUES (new."Id", (SELECT IFNULL(MAX("Sequence"), 0) + 1 FROM "SearchChanges"))
    ON CONFLICT ("RepositoryId") DO UPDATE SET "Sequence" = excluded."Sequence";
END;

CREATE TRIGGER "TR_Repositories_Update_Search" AFTER UPDATE ON "Repositories" BEGIN
    INSERT INTO "SearchChanges" VALUES (new."Id", (SELECT IFNULL(MAX("Sequence"), 0) + 1 FROM "SearchChanges"))
    ON CONFLICT ("RepositoryId") DO UPDATE SET "Sequence" = excluded."Sequence";
END;

CREATE TRIGGER "TR_Repositories_Delete_Search" AFTER DELETE ON "Repositories" BEGIN
    DELETE FROM "SearchDocuments" WHERE rowid = old."Id";
    INSERT INTO "SearchChanges" VALUES (old."Id", (SELECT IFNULL(MAX("Sequence"), 0) + 1 FROM "SearchChanges"))
    ON CONFLICT ("RepositoryId") DO UPDATE SET "Sequence" = excluded."Sequence";
END;

CREATE TRIGGER "TR_RepositoryTags_Insert_Search" AFTER INSERT ON "RepositoryTags" BEGIN
    INSERT INTO "SearchChanges" VALUES (new."RepositoryId", (SELECT IFNULL(MAX("Sequence"), 0) + 1 FROM "SearchChanges"))
    ON CONFLICT ("RepositoryId") DO UPDATE SET "Sequence" = excluded."Sequence";
END;

CREATE TRIGGER "TR_RepositoryTags_Delete_Search" AFTER DELETE ON "RepositoryTags" BEGIN
    INSERT INTO "SearchChanges" VALUES (old."RepositoryId", (SELECT IFNULL(MAX("Sequence"), 0) + 1 FROM "SearchChanges"))
    ON CONFLICT ("RepositoryId") DO UPDATE SET "Sequence" = excluded."Sequence";
END;

CREATE TRIGGER "TR_Owners_Rename_Search" AFTER UPDATE OF "Name" ON "Owners" BEGIN
    INSERT INTO "SearchChanges"
    SELECT "Id", (SELECT IFNULL(MAX("Sequence"), 0) + 1 FROM "SearchChanges") FROM "Repositories" WHERE "OwnerId" = new."Id"
    ON CONFLICT ("RepositoryId") DO UPDATE SET "Sequence" = excluded."Sequence";
END;

-- Few repositories are not public, and every search asks which of them the actor may see: answered from this index alone.
CREATE INDEX "IX_Repositories_Hidden" ON "Repositories" ("OwnerId", "DeletedAt", "Visibility") WHERE "Visibility" <> 0;
