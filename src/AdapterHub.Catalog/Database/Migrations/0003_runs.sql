CREATE TABLE "Workers" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_Workers" PRIMARY KEY AUTOINCREMENT,
    "Name" TEXT COLLATE NOCASE NOT NULL,
    "TokenHash" TEXT NOT NULL,
    "Ending" TEXT NOT NULL,
    "CreatedAt" INTEGER NOT NULL,
    "LastSeenAt" INTEGER NULL,
    "RevokedAt" INTEGER NULL,
    "Device" TEXT NULL,
    "HasGpu" INTEGER NOT NULL,
    "MemoryBytes" INTEGER NULL,
    "Version" TEXT NULL
);

CREATE TABLE "Runs" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_Runs" PRIMARY KEY AUTOINCREMENT,
    "OwnerId" INTEGER NOT NULL,
    "UserId" INTEGER NULL,
    "Name" TEXT NOT NULL,
    "Kind" INTEGER NOT NULL,
    "State" INTEGER NOT NULL,
    "IsPublic" INTEGER NOT NULL,
    "Priority" INTEGER NOT NULL,
    "RequestKey" TEXT NULL,
    "SpecJson" TEXT NOT NULL,
    "BaseReference" TEXT NOT NULL,
    "NeedsGpu" INTEGER NOT NULL,
    "Target" TEXT NULL,
    "TargetVisibility" INTEGER NOT NULL,
    "CreatedAt" INTEGER NOT NULL,
    "QueuedAt" INTEGER NOT NULL,
    "StartedAt" INTEGER NULL,
    "FinishedAt" INTEGER NULL,
    "ServedAt" INTEGER NULL,
    "WorkerId" INTEGER NULL,
    "LeaseHash" TEXT NULL,
    "LeaseExpiresAt" INTEGER NULL,
    "LeaseSequence" INTEGER NOT NULL,
    "Attempt" INTEGER NOT NULL,
    "LostLeases" INTEGER NOT NULL,
    "LastNumber" INTEGER NOT NULL,
    "Step" INTEGER NOT NULL,
    "Steps" INTEGER NOT NULL,
    "Loss" REAL NULL,
    "EvaluatedStep" INTEGER NOT NULL,
    "HeldOutLoss" REAL NULL,
    "SecondsLeft" REAL NULL,
    "TokensPerSecond" REAL NULL,
    "Message" TEXT NULL,
    "ResultRepositoryId" INTEGER NULL,
    "ResultCommitId" TEXT NULL,
    CONSTRAINT "FK_Runs_Owners_OwnerId" FOREIGN KEY ("OwnerId") REFERENCES "Owners" ("Id") ON DELETE CASCADE,
    CONSTRAINT "FK_Runs_Repositories_ResultRepositoryId" FOREIGN KEY ("ResultRepositoryId") REFERENCES "Repositories" ("Id") ON DELETE SET NULL,
    CONSTRAINT "FK_Runs_Users_UserId" FOREIGN KEY ("UserId") REFERENCES "Users" ("Id") ON DELETE SET NULL,
    CONSTRAINT "FK_Runs_Workers_WorkerId" FOREIGN KEY ("WorkerId") REFERENCES "Workers" ("Id") ON DELETE SET NULL
);

CREATE TABLE "RunCheckpoints" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_RunCheckpoints" PRIMARY KEY AUTOINCREMENT,
    "RunId" INTEGER NOT NULL,
    "Step" INTEGER NOT NULL,
    "CreatedAt" INTEGER NOT NULL,
    CONSTRAINT "FK_RunCheckpoints_Runs_RunId" FOREIGN KEY ("RunId") REFERENCES "Runs" ("Id") ON DELETE CASCADE
);

CREATE TABLE "RunDependencies" (
    "RunId" INTEGER NOT NULL,
    "AfterId" INTEGER NOT NULL,
    CONSTRAINT "PK_RunDependencies" PRIMARY KEY ("RunId", "AfterId"),
    CONSTRAINT "FK_RunDependencies_Runs_AfterId" FOREIGN KEY ("AfterId") REFERENCES "Runs" ("Id") ON DELETE CASCADE,
    CONSTRAINT "FK_RunDependencies_Runs_RunId" FOREIGN KEY ("RunId") REFERENCES "Runs" ("Id") ON DELETE CASCADE
);

CREATE TABLE "RunInputs" (
    "RunId" INTEGER NOT NULL,
    "Reference" TEXT NOT NULL,
    "Path" TEXT NOT NULL,
    "Digest" TEXT NOT NULL,
    "Length" INTEGER NOT NULL,
    CONSTRAINT "PK_RunInputs" PRIMARY KEY ("RunId", "Reference", "Path"),
    CONSTRAINT "FK_RunInputs_Blobs_Digest" FOREIGN KEY ("Digest") REFERENCES "Blobs" ("Digest") ON DELETE RESTRICT,
    CONSTRAINT "FK_RunInputs_Runs_RunId" FOREIGN KEY ("RunId") REFERENCES "Runs" ("Id") ON DELETE CASCADE
);

CREATE TABLE "RunLog" (
    "RunId" INTEGER NOT NULL,
    "Number" INTEGER NOT NULL,
    "At" INTEGER NOT NULL,
    "Kind" TEXT NOT NULL,
    "Step" INTEGER NULL,
    "Json" TEXT NOT NULL,
    CONSTRAINT "PK_RunLog" PRIMARY KEY ("RunId", "Number"),
    CONSTRAINT "FK_RunLog_Runs_RunId" FOREIGN KEY ("RunId") REFERENCES "Runs" ("Id") ON DELETE CASCADE
);

CREATE TABLE "RunSources" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_RunSources" PRIMARY KEY AUTOINCREMENT,
    "RunId" INTEGER NOT NULL,
    "Reference" TEXT NOT NULL,
    "Relation" INTEGER NOT NULL,
    "RepositoryId" INTEGER NULL,
    "CommitId" TEXT NULL,
    CONSTRAINT "FK_RunSources_Repositories_RepositoryId" FOREIGN KEY ("RepositoryId") REFERENCES "Repositories" ("Id") ON DELETE SET NULL,
    CONSTRAINT "FK_RunSources_Runs_RunId" FOREIGN KEY ("RunId") REFERENCES "Runs" ("Id") ON DELETE CASCADE
);

CREATE TABLE "RunCheckpointFiles" (
    "CheckpointId" INTEGER NOT NULL,
    "Path" TEXT NOT NULL,
    "Digest" TEXT NOT NULL,
    "Length" INTEGER NOT NULL,
    CONSTRAINT "PK_RunCheckpointFiles" PRIMARY KEY ("CheckpointId", "Path"),
    CONSTRAINT "FK_RunCheckpointFiles_Blobs_Digest" FOREIGN KEY ("Digest") REFERENCES "Blobs" ("Digest") ON DELETE RESTRICT,
    CONSTRAINT "FK_RunCheckpointFiles_RunCheckpoints_CheckpointId" FOREIGN KEY ("CheckpointId") REFERENCES "RunCheckpoints" ("Id") ON DELETE CASCADE
);

CREATE INDEX "IX_RunCheckpointFiles_Digest" ON "RunCheckpointFiles" ("Digest");

CREATE UNIQUE INDEX "IX_RunCheckpoints_RunId_Step" ON "RunCheckpoints" ("RunId", "Step");

CREATE INDEX "IX_RunDependencies_AfterId" ON "RunDependencies" ("AfterId");

CREATE INDEX "IX_RunInputs_Digest" ON "RunInputs" ("Digest");

CREATE INDEX "IX_RunLog_RunId_Kind_Step" ON "RunLog" ("RunId", "Kind", "Step");

CREATE UNIQUE INDEX "IX_Runs_OwnerId_RequestKey" ON "Runs" ("OwnerId", "RequestKey");

CREATE INDEX "IX_Runs_ResultRepositoryId" ON "Runs" ("ResultRepositoryId");

CREATE INDEX "IX_Runs_State" ON "Runs" ("State");

CREATE INDEX "IX_Runs_UserId" ON "Runs" ("UserId");

CREATE INDEX "IX_Runs_WorkerId" ON "Runs" ("WorkerId");

CREATE INDEX "IX_RunSources_RepositoryId" ON "RunSources" ("RepositoryId");

CREATE INDEX "IX_RunSources_RunId" ON "RunSources" ("RunId");

CREATE UNIQUE INDEX "IX_Workers_Name" ON "Workers" ("Name");

CREATE UNIQUE INDEX "IX_Workers_TokenHash" ON "Workers" ("TokenHash");
