using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace AdapterHub.Catalog.Database;

/// <summary>The catalogue's tables. Made through IDbContextFactory for one piece of work each; never held by a page.</summary>
public sealed class CatalogContext(DbContextOptions<CatalogContext> options) : IdentityUserContext<User, long>(options)
{
    public DbSet<Owner> Owners => Set<Owner>();
    public DbSet<Membership> Memberships => Set<Membership>();
    public DbSet<ApiToken> ApiTokens => Set<ApiToken>();
    public DbSet<Session> Sessions => Set<Session>();
    public DbSet<Invitation> Invitations => Set<Invitation>();
    public DbSet<AuditEntry> AuditEntries => Set<AuditEntry>();
    public DbSet<HubSetting> Settings => Set<HubSetting>();
    public DbSet<Repository> Repositories => Set<Repository>();
    public DbSet<RepositoryTag> RepositoryTags => Set<RepositoryTag>();
    public DbSet<RepositoryRedirect> Redirects => Set<RepositoryRedirect>();
    public DbSet<Collaborator> Collaborators => Set<Collaborator>();
    public DbSet<Like> Likes => Set<Like>();
    public DbSet<DownloadDay> DownloadDays => Set<DownloadDay>();
    public DbSet<LineageLink> Lineage => Set<LineageLink>();
    public DbSet<Blob> Blobs => Set<Blob>();
    public DbSet<BlobReceipt> BlobReceipts => Set<BlobReceipt>();
    public DbSet<Commit> Commits => Set<Commit>();
    public DbSet<CommitFile> CommitFiles => Set<CommitFile>();
    public DbSet<Reference> References => Set<Reference>();
    public DbSet<Inspection> Inspections => Set<Inspection>();
    public DbSet<Draft> Drafts => Set<Draft>();
    public DbSet<DraftFile> DraftFiles => Set<DraftFile>();
    public DbSet<Run> Runs => Set<Run>();
    public DbSet<Sweep> Sweeps => Set<Sweep>();
    public DbSet<RunDependency> RunDependencies => Set<RunDependency>();
    public DbSet<RunInput> RunInputs => Set<RunInput>();
    public DbSet<RunSource> RunSources => Set<RunSource>();
    public DbSet<RunLogEntry> RunLog => Set<RunLogEntry>();
    public DbSet<RunCheckpoint> RunCheckpoints => Set<RunCheckpoint>();
    public DbSet<RunCheckpointFile> RunCheckpointFiles => Set<RunCheckpointFile>();
    public DbSet<Worker> Workers => Set<Worker>();

    /// <summary>Milliseconds since 1970: SQLite has no type for a time that it could order by.</summary>
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        ArgumentNullException.ThrowIfNull(configurationBuilder);
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UnixMilliseconds>();
    }

    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        ConfigurePeople(builder);
        ConfigureRepositories(builder);
        ConfigureRevisions(builder);
        ConfigureRuns(builder);
        ConfigureSweeps(builder);
    }

    private static void ConfigurePeople(ModelBuilder builder)
    {
        builder.Entity<IdentityUserClaim<long>>().ToTable("UserClaims");
        builder.Entity<IdentityUserLogin<long>>().ToTable("UserLogins");
        builder.Entity<IdentityUserToken<long>>().ToTable("UserTokens");
        builder.Entity<User>(user =>
        {
            user.ToTable("Users");
            user.HasOne(u => u.Owner).WithMany().HasForeignKey(u => u.OwnerId).OnDelete(DeleteBehavior.Restrict);
            user.HasIndex(u => u.OwnerId).IsUnique();
        });
        builder.Entity<Owner>(owner =>
        {
            owner.Property(o => o.Name).UseCollation("NOCASE");
            owner.HasIndex(o => o.Name).IsUnique();
        });
        builder.Entity<Membership>(membership =>
        {
            membership.HasKey(m => new { m.OrganizationId, m.UserId });
            membership.HasOne(m => m.Organization).WithMany().HasForeignKey(m => m.OrganizationId);
            membership.HasIndex(m => m.UserId);
        });
        builder.Entity<ApiToken>().HasIndex(token => token.Hash).IsUnique();
        builder.Entity<Session>().HasIndex(session => session.Hash).IsUnique();
        builder.Entity<Invitation>(invitation =>
        {
            invitation.HasIndex(i => i.Hash).IsUnique();
            invitation.HasOne(i => i.CreatedBy).WithMany().HasForeignKey(i => i.CreatedById);
            invitation.HasOne(i => i.ForUser).WithMany().HasForeignKey(i => i.ForUserId).OnDelete(DeleteBehavior.Cascade);
        });
        builder.Entity<AuditEntry>().HasIndex(entry => entry.At);
        builder.Entity<HubSetting>().HasKey(setting => setting.Key);
    }

    private static void ConfigureRepositories(ModelBuilder builder)
    {
        builder.Entity<Repository>(repository =>
        {
            repository.Property(r => r.Name).UseCollation("NOCASE");
            repository.HasIndex(r => new { r.OwnerId, r.Name }).IsUnique();
            repository.HasIndex(r => r.BaseRepositoryId);
            repository.HasIndex(r => r.WeightsDigest);
            repository.HasOne(r => r.ForkOf).WithMany().HasForeignKey(r => r.ForkOfId).OnDelete(DeleteBehavior.SetNull);
            repository.HasOne(r => r.BaseRepository).WithMany().HasForeignKey(r => r.BaseRepositoryId).OnDelete(DeleteBehavior.SetNull);
            repository.HasMany(r => r.Tags).WithOne().HasForeignKey(tag => tag.RepositoryId);
        });
        builder.Entity<RepositoryTag>(tag =>
        {
            tag.Property(t => t.Tag).UseCollation("NOCASE");
            tag.HasKey(t => new { t.RepositoryId, t.Tag });
            tag.HasIndex(t => t.Tag);
        });
        builder.Entity<RepositoryRedirect>(redirect =>
        {
            redirect.Property(r => r.OwnerName).UseCollation("NOCASE");
            redirect.Property(r => r.Name).UseCollation("NOCASE");
            redirect.HasIndex(r => new { r.OwnerName, r.Name }).IsUnique();
        });
        builder.Entity<Collaborator>(collaborator =>
        {
            collaborator.HasKey(c => new { c.RepositoryId, c.UserId });
            collaborator.HasIndex(c => c.UserId);
        });
        builder.Entity<Like>(like =>
        {
            like.HasKey(l => new { l.RepositoryId, l.UserId });
            like.HasIndex(l => l.UserId);
        });
        builder.Entity<DownloadDay>().HasKey(day => new { day.RepositoryId, day.Day });
        builder.Entity<LineageLink>(link =>
        {
            link.HasOne(l => l.Child).WithMany().HasForeignKey(l => l.ChildId).OnDelete(DeleteBehavior.Cascade);
            link.HasOne(l => l.Parent).WithMany().HasForeignKey(l => l.ParentId).OnDelete(DeleteBehavior.SetNull);
        });
    }

    private static void ConfigureRevisions(ModelBuilder builder)
    {
        builder.Entity<Blob>().HasKey(blob => blob.Digest);
        builder.Entity<BlobReceipt>(receipt =>
        {
            receipt.HasKey(r => new { r.Digest, r.UserId });
            receipt.HasOne(r => r.Blob).WithMany().HasForeignKey(r => r.Digest);
            receipt.HasIndex(r => r.At);
        });
        builder.Entity<Commit>(commit =>
        {
            commit.HasKey(c => c.Key);
            commit.HasIndex(c => new { c.RepositoryId, c.Id }).IsUnique();
            commit.HasOne(c => c.Parent).WithMany().HasForeignKey(c => c.ParentKey).OnDelete(DeleteBehavior.Restrict);
            commit.HasMany(c => c.Files).WithOne().HasForeignKey(file => file.CommitKey);
        });
        builder.Entity<CommitFile>(file =>
        {
            file.HasKey(f => new { f.CommitKey, f.Path });
            file.HasOne(f => f.Blob).WithMany().HasForeignKey(f => f.Digest).OnDelete(DeleteBehavior.Restrict);
        });
        builder.Entity<Reference>(reference =>
        {
            reference.HasKey(r => new { r.RepositoryId, r.Kind, r.Name });
            reference.HasOne<Repository>().WithMany().HasForeignKey(r => r.RepositoryId);
            reference.HasOne(r => r.Commit).WithMany().HasForeignKey(r => r.CommitKey).OnDelete(DeleteBehavior.Restrict);
        });
        builder.Entity<Inspection>().HasKey(inspection => inspection.Key);
        builder.Entity<Draft>(draft =>
        {
            draft.HasOne(d => d.Repository).WithMany().HasForeignKey(d => d.RepositoryId).OnDelete(DeleteBehavior.Cascade);
            draft.HasMany(d => d.Files).WithOne(file => file.Draft).HasForeignKey(file => file.DraftId);
            draft.HasIndex(d => d.UserId);
        });
        builder.Entity<DraftFile>(file =>
        {
            file.HasIndex(f => new { f.DraftId, f.Path }).IsUnique();
            file.HasIndex(f => f.Digest);
        });
    }

    private static void ConfigureSweeps(ModelBuilder builder)
    {
        builder.Entity<Sweep>(sweep =>
        {
            sweep.HasOne(s => s.Owner).WithMany().HasForeignKey(s => s.OwnerId).OnDelete(DeleteBehavior.Cascade);
            sweep.HasOne(s => s.User).WithMany().HasForeignKey(s => s.UserId).OnDelete(DeleteBehavior.SetNull);
            sweep.HasIndex(s => new { s.OwnerId, s.RequestKey }).IsUnique();
        });
        builder.Entity<SweepRun>(place =>
        {
            place.ToTable("SweepRuns");
            place.HasKey(p => p.RunId);
            place.HasOne(p => p.Run).WithOne(r => r.Sweep).HasForeignKey<SweepRun>(p => p.RunId);
            place.HasOne(p => p.Sweep).WithMany(s => s.Runs).HasForeignKey(p => p.SweepId);
            place.HasIndex(p => new { p.SweepId, p.Position }).IsUnique();
        });
    }

    private static void ConfigureRuns(ModelBuilder builder)
    {
        builder.Entity<Run>(run =>
        {
            run.HasOne(r => r.Owner).WithMany().HasForeignKey(r => r.OwnerId).OnDelete(DeleteBehavior.Cascade);
            run.HasOne(r => r.User).WithMany().HasForeignKey(r => r.UserId).OnDelete(DeleteBehavior.SetNull);
            run.HasOne(r => r.Worker).WithMany().HasForeignKey(r => r.WorkerId).OnDelete(DeleteBehavior.SetNull);
            run.HasOne(r => r.ResultRepository).WithMany().HasForeignKey(r => r.ResultRepositoryId).OnDelete(DeleteBehavior.SetNull);
            run.HasMany(r => r.Inputs).WithOne().HasForeignKey(input => input.RunId);
            run.HasMany(r => r.Sources).WithOne().HasForeignKey(source => source.RunId);
            run.HasIndex(r => new { r.OwnerId, r.RequestKey }).IsUnique();
            run.HasIndex(r => r.State);
            run.Navigation(r => r.Sweep).AutoInclude();
        });
        builder.Entity<RunDependency>(dependency =>
        {
            dependency.HasKey(d => new { d.RunId, d.AfterId });
            dependency.HasOne(d => d.Run).WithMany().HasForeignKey(d => d.RunId);
            dependency.HasOne(d => d.After).WithMany().HasForeignKey(d => d.AfterId);
        });
        builder.Entity<RunInput>(input =>
        {
            input.HasKey(i => new { i.RunId, i.Reference, i.Path });
            input.HasOne(i => i.Blob).WithMany().HasForeignKey(i => i.Digest).OnDelete(DeleteBehavior.Restrict);
        });
        builder.Entity<RunSource>().HasOne(source => source.Repository).WithMany().HasForeignKey(source => source.RepositoryId).OnDelete(DeleteBehavior.SetNull);
        builder.Entity<RunLogEntry>(entry =>
        {
            entry.ToTable("RunLog");
            entry.HasKey(e => new { e.RunId, e.Number });
            entry.HasOne(e => e.Run).WithMany().HasForeignKey(e => e.RunId);
            entry.HasIndex(e => new { e.RunId, e.Kind, e.Step });
        });
        builder.Entity<RunCheckpoint>(checkpoint =>
        {
            checkpoint.HasOne(c => c.Run).WithMany().HasForeignKey(c => c.RunId);
            checkpoint.HasIndex(c => new { c.RunId, c.Step }).IsUnique();
            checkpoint.HasMany(c => c.Files).WithOne().HasForeignKey(file => file.CheckpointId);
        });
        builder.Entity<RunCheckpointFile>(file =>
        {
            file.HasKey(f => new { f.CheckpointId, f.Path });
            file.HasOne(f => f.Blob).WithMany().HasForeignKey(f => f.Digest).OnDelete(DeleteBehavior.Restrict);
        });
        builder.Entity<Worker>(worker =>
        {
            worker.Property(w => w.Name).UseCollation("NOCASE");
            worker.HasIndex(w => w.Name).IsUnique();
            worker.HasIndex(w => w.TokenHash).IsUnique();
        });
    }

    private sealed class UnixMilliseconds() : ValueConverter<DateTimeOffset, long>(
        time => time.ToUnixTimeMilliseconds(),
        stored => DateTimeOffset.FromUnixTimeMilliseconds(stored));
}
