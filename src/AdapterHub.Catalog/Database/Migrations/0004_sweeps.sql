CREATE TABLE "Sweeps" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_Sweeps" PRIMARY KEY AUTOINCREMENT,
    "OwnerId" INTEGER NOT NULL,
    "UserId" INTEGER NULL,
    "Name" TEXT NOT NULL,
    "RequestKey" TEXT NULL,
    "PlanJson" TEXT NOT NULL,
    "CreatedAt" INTEGER NOT NULL,
    CONSTRAINT "FK_Sweeps_Owners_OwnerId" FOREIGN KEY ("OwnerId") REFERENCES "Owners" ("Id") ON DELETE CASCADE,
    CONSTRAINT "FK_Sweeps_Users_UserId" FOREIGN KEY ("UserId") REFERENCES "Users" ("Id") ON DELETE SET NULL
);

CREATE TABLE "SweepRuns" (
    "RunId" INTEGER NOT NULL CONSTRAINT "PK_SweepRuns" PRIMARY KEY,
    "SweepId" INTEGER NOT NULL,
    "Position" INTEGER NOT NULL,
    "Label" TEXT NOT NULL,
    CONSTRAINT "FK_SweepRuns_Runs_RunId" FOREIGN KEY ("RunId") REFERENCES "Runs" ("Id") ON DELETE CASCADE,
    CONSTRAINT "FK_SweepRuns_Sweeps_SweepId" FOREIGN KEY ("SweepId") REFERENCES "Sweeps" ("Id") ON DELETE CASCADE
);

CREATE UNIQUE INDEX "IX_SweepRuns_SweepId_Position" ON "SweepRuns" ("SweepId", "Position");

CREATE UNIQUE INDEX "IX_Sweeps_OwnerId_RequestKey" ON "Sweeps" ("OwnerId", "RequestKey");

CREATE INDEX "IX_Sweeps_UserId" ON "Sweeps" ("UserId");
