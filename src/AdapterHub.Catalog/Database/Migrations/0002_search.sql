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

-- What is liked and downloaded now. Every event has a weight that halves every seven days: 1 for being made, 3 for a like, the square root of
-- the downloads of a day (so that one program that downloads in a loop does not lead). The score is log2 of the sum, plus the weeks since 1970
-- to which the ages are counted. Ageing takes the same from every score, so their order needs no new computing as time passes, and a
-- score only changes when something happens ("forward decay": Cormode et al., ICDE 2009). It does not depend on the clock, which only keeps the
-- powers within range.
CREATE VIEW "TrendingScores" AS
SELECT r."Id" AS "RepositoryId", n."Weeks" + log2(max(1e-300,
        pow(2.0, r."CreatedAt" / 604800000.0 - n."Weeks")
        + 3.0 * IFNULL((SELECT SUM(pow(2.0, l."At" / 604800000.0 - n."Weeks")) FROM "Likes" AS l WHERE l."RepositoryId" = r."Id"), 0.0)
        + IFNULL((SELECT SUM(sqrt(d."Count") * pow(2.0, d."Day" / 7.0 - n."Weeks")) FROM "DownloadDays" AS d WHERE d."RepositoryId" = r."Id"), 0.0)
    )) AS "Score"
FROM "Repositories" AS r, (SELECT unixepoch() / 604800.0 AS "Weeks") AS n;

CREATE TRIGGER "TR_Repositories_Insert_Trending" AFTER INSERT ON "Repositories" BEGIN
    UPDATE "Repositories" SET "Trending" = (SELECT "Score" FROM "TrendingScores" WHERE "RepositoryId" = new."Id") WHERE "Id" = new."Id";
END;

CREATE TRIGGER "TR_Likes_Insert_Trending" AFTER INSERT ON "Likes" BEGIN
    UPDATE "Repositories" SET "Trending" = (SELECT "Score" FROM "TrendingScores" WHERE "RepositoryId" = new."RepositoryId") WHERE "Id" = new."RepositoryId";
END;

CREATE TRIGGER "TR_Likes_Delete_Trending" AFTER DELETE ON "Likes" BEGIN
    UPDATE "Repositories" SET "Trending" = (SELECT "Score" FROM "TrendingScores" WHERE "RepositoryId" = old."RepositoryId") WHERE "Id" = old."RepositoryId";
END;

CREATE TRIGGER "TR_DownloadDays_Insert_Trending" AFTER INSERT ON "DownloadDays" BEGIN
    UPDATE "Repositories" SET "Trending" = (SELECT "Score" FROM "TrendingScores" WHERE "RepositoryId" = new."RepositoryId") WHERE "Id" = new."RepositoryId";
END;

CREATE TRIGGER "TR_DownloadDays_Update_Trending" AFTER UPDATE ON "DownloadDays" BEGIN
    UPDATE "Repositories" SET "Trending" = (SELECT "Score" FROM "TrendingScores" WHERE "RepositoryId" = new."RepositoryId") WHERE "Id" = new."RepositoryId";
END;
