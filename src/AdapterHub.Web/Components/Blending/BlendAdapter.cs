using AdapterHub.Catalog.Repositories;

namespace AdapterHub.Web.Components.Blending;

/// <summary>An adapter of a plan with what the catalogue knows of it.</summary>
/// <param name="Share">As the plan has it.</param>
/// <param name="View">Null where it is not there for the reader.</param>
/// <param name="Fault">Why it is not.</param>
public sealed record BlendAdapter(BlendShare Share, RepositoryView? View, string? Fault);
