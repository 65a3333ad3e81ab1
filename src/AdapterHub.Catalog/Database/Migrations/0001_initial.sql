CREATE TABLE "AuditEntries" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_AuditEntries" PRIMARY KEY AUTOINCREMENT,
    "At" INTEGER NOT NULL,
    "UserId" INTEGER NULL,
    "UserName" TEXT NOT NULL,
    "Action" TEXT NOT NULL,
    "Subject" TEXT NOT NULL,
    "Details" TEXT NULL,
    "Address" TEXT NULL
);

CREATE TABLE "Blobs" (
    "Digest" TEXT NOT NULL CONSTRAINT "PK_Blobs" PRIMARY KEY,
    "Length" INTEGER NOT NULL,
    "GitOid" TEXT NOT NULL,
    "CreatedAt" INTEGER NOT NULL
);

CREATE TABLE "DownloadDays" (
    "RepositoryId" INTEGER NOT NULL,
    "Day" INTEGER NOT NULL,
    "Count" INTEGER NOT NULL,
    CONSTRAINT "PK_DownloadDays" PRIMARY KEY ("RepositoryId", "Day")
);

CREATE TABLE "Inspections" (
    "Key" TEXT NOT NULL CONSTRAINT "PK_Inspections" PRIMARY KEY,
    "Json" TEXT NOT NULL,
    "CreatedAt" INTEGER NOT NULL
);

CREATE TABLE "Owners" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_Owners" PRIMARY KEY AUTOINCREMENT,
    "Name" TEXT COLLATE NOCASE NOT NULL,
    "Kind" INTEGER NOT NULL,
    "DisplayName" TEXT NULL,
    "About" TEXT NULL,
    "CreatedAt" INTEGER NOT NULL,
    "QuotaBytes" INTEGER NULL
);

CREATE TABLE "Settings" (
    "Key" TEXT NOT NULL CONSTRAINT "PK_Settings" PRIMARY KEY,
    "Value" TEXT NOT NULL
);

CREATE TABLE "Repositories" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_Repositories" PRIMARY KEY AUTOINCREMENT,
    "OwnerId" INTEGER NOT NULL,
    "Name" TEXT COLLATE NOCASE NOT NULL,
    "Kind" INTEGER NOT NULL,
    "Visibility" INTEGER NOT NULL,
    "CreatedAt" INTEGER NOT NULL,
    "UpdatedAt" INTEGER NOT NULL,
    "DeletedAt" INTEGER NULL,
    "ForkOfId" INTEGER NULL,
    "Title" TEXT NOT NULL,
    "Summary" TEXT NOT NULL,
    "License" TEXT NULL,
    "BaseModel" TEXT NULL,
    "BaseRepositoryId" INTEGER NULL,
    "Method" TEXT NULL,
    "Rank" INTEGER NULL,
    "Alpha" REAL NULL,
    "Targets" TEXT NULL,
    "Parameters" INTEGER NULL,
    "Bytes" INTEGER NOT NULL,
    "Task" TEXT NULL,
    "Library" TEXT NULL,
    "Languages" TEXT NULL,
    "WeightsDigest" TEXT NULL,
    "Downloads" INTEGER NOT NULL,
    "Likes" INTEGER NOT NULL,
    "Trending" REAL NOT NULL,
    CONSTRAINT "FK_Repositories_Owners_OwnerId" FOREIGN KEY ("OwnerId") REFERENCES "Owners" ("Id") ON DELETE CASCADE,
    CONSTRAINT "FK_Repositories_Repositories_BaseRepositoryId" FOREIGN KEY ("BaseRepositoryId") REFERENCES "Repositories" ("Id") ON DELETE SET NULL,
    CONSTRAINT "FK_Repositories_Repositories_ForkOfId" FOREIGN KEY ("ForkOfId") REFERENCES "Repositories" ("Id") ON DELETE SET NULL
);

CREATE TABLE "Users" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_Users" PRIMARY KEY AUTOINCREMENT,
    "OwnerId" INTEGER NOT NULL,
    "IsAdministrator" INTEGER NOT NULL,
    "CreatedAt" INTEGER NOT NULL,
    "LastSeenAt" INTEGER NULL,
    "DisabledAt" INTEGER NULL,
    "UserName" TEXT NULL,
    "NormalizedUserName" TEXT NULL,
    "Email" TEXT NULL,
    "NormalizedEmail" TEXT NULL,
    "EmailConfirmed" INTEGER NOT NULL,
    "PasswordHash" TEXT NULL,
    "SecurityStamp" TEXT NULL,
    "ConcurrencyStamp" TEXT NULL,
    "PhoneNumber" TEXT NULL,
    "PhoneNumberConfirmed" INTEGER NOT NULL,
    "TwoFactorEnabled" INTEGER NOT NULL,
    "LockoutEnd" INTEGER NULL,
    "LockoutEnabled" INTEGER NOT NULL,
    "AccessFailedCount" INTEGER NOT NULL,
    CONSTRAINT "FK_Users_Owners_OwnerId" FOREIGN KEY ("OwnerId") REFERENCES "Owners" ("Id") ON DELETE RESTRICT
);

CREATE TABLE "Commits" (
    "Key" INTEGER NOT NULL CONSTRAINT "PK_Commits" PRIMARY KEY AUTOINCREMENT,
    "Id" TEXT NULL,
    "RepositoryId" INTEGER NOT NULL,
    "ParentKey" INTEGER NULL,
    "AuthorId" INTEGER NULL,
    "AuthorName" TEXT NOT NULL,
    "Title" TEXT NOT NULL,
    "Message" TEXT NULL,
    "CreatedAt" INTEGER NOT NULL,
    CONSTRAINT "FK_Commits_Commits_ParentKey" FOREIGN KEY ("ParentKey") REFERENCES "Commits" ("Key") ON DELETE RESTRICT,
    CONSTRAINT "FK_Commits_Repositories_RepositoryId" FOREIGN KEY ("RepositoryId") REFERENCES "Repositories" ("Id") ON DELETE CASCADE
);

CREATE TABLE "Lineage" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_Lineage" PRIMARY KEY AUTOINCREMENT,
    "ChildId" INTEGER NOT NULL,
    "Relation" INTEGER NOT NULL,
    "ParentId" INTEGER NULL,
    "ParentName" TEXT NOT NULL,
    "ParentRevision" TEXT NULL,
    "Weight" REAL NULL,
    CONSTRAINT "FK_Lineage_Repositories_ChildId" FOREIGN KEY ("ChildId") REFERENCES "Repositories" ("Id") ON DELETE CASCADE,
    CONSTRAINT "FK_Lineage_Repositories_ParentId" FOREIGN KEY ("ParentId") REFERENCES "Repositories" ("Id") ON DELETE SET NULL
);

CREATE TABLE "Redirects" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_Redirects" PRIMARY KEY AUTOINCREMENT,
    "OwnerName" TEXT COLLATE NOCASE NOT NULL,
    "Name" TEXT COLLATE NOCASE NOT NULL,
    "RepositoryId" INTEGER NOT NULL,
    CONSTRAINT "FK_Redirects_Repositories_RepositoryId" FOREIGN KEY ("RepositoryId") REFERENCES "Repositories" ("Id") ON DELETE CASCADE
);

CREATE TABLE "RepositoryTags" (
    "RepositoryId" INTEGER NOT NULL,
    "Tag" TEXT COLLATE NOCASE NOT NULL,
    CONSTRAINT "PK_RepositoryTags" PRIMARY KEY ("RepositoryId", "Tag"),
    CONSTRAINT "FK_RepositoryTags_Repositories_RepositoryId" FOREIGN KEY ("RepositoryId") REFERENCES "Repositories" ("Id") ON DELETE CASCADE
);

CREATE TABLE "ApiTokens" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_ApiTokens" PRIMARY KEY AUTOINCREMENT,
    "UserId" INTEGER NOT NULL,
    "Name" TEXT NOT NULL,
    "Hash" TEXT NOT NULL,
    "Ending" TEXT NOT NULL,
    "Scope" INTEGER NOT NULL,
    "CreatedAt" INTEGER NOT NULL,
    "LastUsedAt" INTEGER NULL,
    "ExpiresAt" INTEGER NULL,
    "RevokedAt" INTEGER NULL,
    CONSTRAINT "FK_ApiTokens_Users_UserId" FOREIGN KEY ("UserId") REFERENCES "Users" ("Id") ON DELETE CASCADE
);

CREATE TABLE "Collaborators" (
    "RepositoryId" INTEGER NOT NULL,
    "UserId" INTEGER NOT NULL,
    "Role" INTEGER NOT NULL,
    CONSTRAINT "PK_Collaborators" PRIMARY KEY ("RepositoryId", "UserId"),
    CONSTRAINT "FK_Collaborators_Repositories_RepositoryId" FOREIGN KEY ("RepositoryId") REFERENCES "Repositories" ("Id") ON DELETE CASCADE,
    CONSTRAINT "FK_Collaborators_Users_UserId" FOREIGN KEY ("UserId") REFERENCES "Users" ("Id") ON DELETE CASCADE
);

CREATE TABLE "Drafts" (
    "Id" TEXT NOT NULL CONSTRAINT "PK_Drafts" PRIMARY KEY,
    "UserId" INTEGER NOT NULL,
    "RepositoryId" INTEGER NULL,
    "OwnerName" TEXT NOT NULL,
    "Name" TEXT NOT NULL,
    "Kind" INTEGER NOT NULL,
    "Visibility" INTEGER NOT NULL,
    "Card" TEXT NULL,
    "CreatedAt" INTEGER NOT NULL,
    "UpdatedAt" INTEGER NOT NULL,
    CONSTRAINT "FK_Drafts_Repositories_RepositoryId" FOREIGN KEY ("RepositoryId") REFERENCES "Repositories" ("Id") ON DELETE CASCADE,
    CONSTRAINT "FK_Drafts_Users_UserId" FOREIGN KEY ("UserId") REFERENCES "Users" ("Id") ON DELETE CASCADE
);

CREATE TABLE "Invitations" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_Invitations" PRIMARY KEY AUTOINCREMENT,
    "Hash" TEXT NOT NULL,
    "Note" TEXT NOT NULL,
    "ForUserId" INTEGER NULL,
    "CreatedById" INTEGER NOT NULL,
    "CreatedAt" INTEGER NOT NULL,
    "ExpiresAt" INTEGER NOT NULL,
    "UsedById" INTEGER NULL,
    "UsedAt" INTEGER NULL,
    CONSTRAINT "FK_Invitations_Users_CreatedById" FOREIGN KEY ("CreatedById") REFERENCES "Users" ("Id") ON DELETE CASCADE,
    CONSTRAINT "FK_Invitations_Users_ForUserId" FOREIGN KEY ("ForUserId") REFERENCES "Users" ("Id") ON DELETE CASCADE
);

CREATE TABLE "Likes" (
    "RepositoryId" INTEGER NOT NULL,
    "UserId" INTEGER NOT NULL,
    "At" INTEGER NOT NULL,
    CONSTRAINT "PK_Likes" PRIMARY KEY ("RepositoryId", "UserId"),
    CONSTRAINT "FK_Likes_Repositories_RepositoryId" FOREIGN KEY ("RepositoryId") REFERENCES "Repositories" ("Id") ON DELETE CASCADE,
    CONSTRAINT "FK_Likes_Users_UserId" FOREIGN KEY ("UserId") REFERENCES "Users" ("Id") ON DELETE CASCADE
);

CREATE TABLE "Memberships" (
    "OrganizationId" INTEGER NOT NULL,
    "UserId" INTEGER NOT NULL,
    "Role" INTEGER NOT NULL,
    "CreatedAt" INTEGER NOT NULL,
    CONSTRAINT "PK_Memberships" PRIMARY KEY ("OrganizationId", "UserId"),
    CONSTRAINT "FK_Memberships_Owners_OrganizationId" FOREIGN KEY ("OrganizationId") REFERENCES "Owners" ("Id") ON DELETE CASCADE,
    CONSTRAINT "FK_Memberships_Users_UserId" FOREIGN KEY ("UserId") REFERENCES "Users" ("Id") ON DELETE CASCADE
);

CREATE TABLE "Sessions" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_Sessions" PRIMARY KEY AUTOINCREMENT,
    "Hash" TEXT NOT NULL,
    "UserId" INTEGER NOT NULL,
    "Stamp" TEXT NOT NULL,
    "CreatedAt" INTEGER NOT NULL,
    "LastSeenAt" INTEGER NOT NULL,
    "ExpiresAt" INTEGER NOT NULL,
    "IsPersistent" INTEGER NOT NULL,
    "Address" TEXT NULL,
    "Browser" TEXT NULL,
    CONSTRAINT "FK_Sessions_Users_UserId" FOREIGN KEY ("UserId") REFERENCES "Users" ("Id") ON DELETE CASCADE
);

CREATE TABLE "UserClaims" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_UserClaims" PRIMARY KEY AUTOINCREMENT,
    "UserId" INTEGER NOT NULL,
    "ClaimType" TEXT NULL,
    "ClaimValue" TEXT NULL,
    CONSTRAINT "FK_UserClaims_Users_UserId" FOREIGN KEY ("UserId") REFERENCES "Users" ("Id") ON DELETE CASCADE
);

CREATE TABLE "UserLogins" (
    "LoginProvider" TEXT NOT NULL,
    "ProviderKey" TEXT NOT NULL,
    "ProviderDisplayName" TEXT NULL,
    "UserId" INTEGER NOT NULL,
    CONSTRAINT "PK_UserLogins" PRIMARY KEY ("LoginProvider", "ProviderKey"),
    CONSTRAINT "FK_UserLogins_Users_UserId" FOREIGN KEY ("UserId") REFERENCES "Users" ("Id") ON DELETE CASCADE
);

CREATE TABLE "UserTokens" (
    "UserId" INTEGER NOT NULL,
    "LoginProvider" TEXT NOT NULL,
    "Name" TEXT NOT NULL,
    "Value" TEXT NULL,
    CONSTRAINT "PK_UserTokens" PRIMARY KEY ("UserId", "LoginProvider", "Name"),
    CONSTRAINT "FK_UserTokens_Users_UserId" FOREIGN KEY ("UserId") REFERENCES "Users" ("Id") ON DELETE CASCADE
);

CREATE TABLE "CommitFiles" (
    "CommitKey" INTEGER NOT NULL,
    "Path" TEXT NOT NULL,
    "Digest" TEXT NOT NULL,
    "Length" INTEGER NOT NULL,
    CONSTRAINT "PK_CommitFiles" PRIMARY KEY ("CommitKey", "Path"),
    CONSTRAINT "FK_CommitFiles_Blobs_Digest" FOREIGN KEY ("Digest") REFERENCES "Blobs" ("Digest") ON DELETE RESTRICT,
    CONSTRAINT "FK_CommitFiles_Commits_CommitKey" FOREIGN KEY ("CommitKey") REFERENCES "Commits" ("Key") ON DELETE CASCADE
);

CREATE TABLE "References" (
    "RepositoryId" INTEGER NOT NULL,
    "Kind" INTEGER NOT NULL,
    "Name" TEXT NOT NULL,
    "CommitKey" INTEGER NOT NULL,
    CONSTRAINT "PK_References" PRIMARY KEY ("RepositoryId", "Kind", "Name"),
    CONSTRAINT "FK_References_Commits_CommitKey" FOREIGN KEY ("CommitKey") REFERENCES "Commits" ("Key") ON DELETE RESTRICT,
    CONSTRAINT "FK_References_Repositories_RepositoryId" FOREIGN KEY ("RepositoryId") REFERENCES "Repositories" ("Id") ON DELETE CASCADE
);

CREATE TABLE "BlobReceipts" (
    "Digest" TEXT NOT NULL,
    "UserId" INTEGER NOT NULL,
    "At" INTEGER NOT NULL,
    CONSTRAINT "PK_BlobReceipts" PRIMARY KEY ("Digest", "UserId"),
    CONSTRAINT "FK_BlobReceipts_Blobs_Digest" FOREIGN KEY ("Digest") REFERENCES "Blobs" ("Digest") ON DELETE CASCADE,
    CONSTRAINT "FK_BlobReceipts_Users_UserId" FOREIGN KEY ("UserId") REFERENCES "Users" ("Id") ON DELETE CASCADE
);

CREATE TABLE "DraftFiles" (
    "Id" TEXT NOT NULL CONSTRAINT "PK_DraftFiles" PRIMARY KEY,
    "DraftId" TEXT NOT NULL,
    "Path" TEXT NOT NULL,
    "Length" INTEGER NOT NULL,
    "ExpectedDigest" TEXT NULL,
    "Digest" TEXT NULL,
    "CreatedAt" INTEGER NOT NULL,
    CONSTRAINT "FK_DraftFiles_Drafts_DraftId" FOREIGN KEY ("DraftId") REFERENCES "Drafts" ("Id") ON DELETE CASCADE
);

CREATE UNIQUE INDEX "IX_ApiTokens_Hash" ON "ApiTokens" ("Hash");

CREATE INDEX "IX_ApiTokens_UserId" ON "ApiTokens" ("UserId");

CREATE INDEX "IX_AuditEntries_At" ON "AuditEntries" ("At");

CREATE INDEX "IX_BlobReceipts_At" ON "BlobReceipts" ("At");

CREATE INDEX "IX_BlobReceipts_UserId" ON "BlobReceipts" ("UserId");

CREATE INDEX "IX_Collaborators_UserId" ON "Collaborators" ("UserId");

CREATE INDEX "IX_CommitFiles_Digest" ON "CommitFiles" ("Digest");

CREATE INDEX "IX_Commits_ParentKey" ON "Commits" ("ParentKey");

CREATE UNIQUE INDEX "IX_Commits_RepositoryId_Id" ON "Commits" ("RepositoryId", "Id");

CREATE INDEX "IX_DraftFiles_Digest" ON "DraftFiles" ("Digest");

CREATE UNIQUE INDEX "IX_DraftFiles_DraftId_Path" ON "DraftFiles" ("DraftId", "Path");

CREATE INDEX "IX_Drafts_RepositoryId" ON "Drafts" ("RepositoryId");

CREATE INDEX "IX_Drafts_UserId" ON "Drafts" ("UserId");

CREATE INDEX "IX_Invitations_CreatedById" ON "Invitations" ("CreatedById");

CREATE INDEX "IX_Invitations_ForUserId" ON "Invitations" ("ForUserId");

CREATE UNIQUE INDEX "IX_Invitations_Hash" ON "Invitations" ("Hash");

CREATE INDEX "IX_Likes_UserId" ON "Likes" ("UserId");

CREATE INDEX "IX_Lineage_ChildId" ON "Lineage" ("ChildId");

CREATE INDEX "IX_Lineage_ParentId" ON "Lineage" ("ParentId");

CREATE INDEX "IX_Memberships_UserId" ON "Memberships" ("UserId");

CREATE UNIQUE INDEX "IX_Owners_Name" ON "Owners" ("Name");

CREATE UNIQUE INDEX "IX_Redirects_OwnerName_Name" ON "Redirects" ("OwnerName", "Name");

CREATE INDEX "IX_Redirects_RepositoryId" ON "Redirects" ("RepositoryId");

CREATE INDEX "IX_References_CommitKey" ON "References" ("CommitKey");

CREATE INDEX "IX_Repositories_BaseRepositoryId" ON "Repositories" ("BaseRepositoryId");

CREATE INDEX "IX_Repositories_ForkOfId" ON "Repositories" ("ForkOfId");

CREATE UNIQUE INDEX "IX_Repositories_OwnerId_Name" ON "Repositories" ("OwnerId", "Name");

CREATE INDEX "IX_Repositories_WeightsDigest" ON "Repositories" ("WeightsDigest");

CREATE INDEX "IX_RepositoryTags_Tag" ON "RepositoryTags" ("Tag");

CREATE UNIQUE INDEX "IX_Sessions_Hash" ON "Sessions" ("Hash");

CREATE INDEX "IX_Sessions_UserId" ON "Sessions" ("UserId");

CREATE INDEX "IX_UserClaims_UserId" ON "UserClaims" ("UserId");

CREATE INDEX "IX_UserLogins_UserId" ON "UserLogins" ("UserId");

CREATE INDEX "EmailIndex" ON "Users" ("NormalizedEmail");

CREATE UNIQUE INDEX "IX_Users_OwnerId" ON "Users" ("OwnerId");

CREATE UNIQUE INDEX "UserNameIndex" ON "Users" ("NormalizedUserName");

