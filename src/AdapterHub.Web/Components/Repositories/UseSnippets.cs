using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Repositories;

namespace AdapterHub.Web.Components.Repositories;

/// <param name="Title">Of its button.</param>
/// <param name="Language">For the label of the box.</param>
/// <param name="Note">What has to be there first.</param>
internal sealed record UseSnippet(string Title, string Language, string Code, string? Note = null);

/// <summary>
/// Snippets that work as they stand. Private repositories name a token; PEFT and vLLM are given the folder that the first line pulls, since they
/// read adapters from folders.
/// </summary>
internal static class UseSnippets
{
    public static IReadOnlyList<UseSnippet> For(RepositoryView repository, RevisionView revision, string hub)
    {
        var name = repository.Name.ToString();
        var folder = repository.Name.Name;
        var isPrivate = repository.Visibility == RepositoryVisibility.Private;
        var pull = $"adapterhub pull {name} --hub {hub}" + (isPrivate ? "   # after: adapterhub login --hub " + hub : "");
        var snippets = new List<UseSnippet> { new("CLI", "shell", CommandLine(repository, pull, folder)) };
        if (repository.Kind == RepositoryKind.Adapter)
        {
            var baseModel = repository.BaseModel ?? "BASE_MODEL";
            snippets.Add(new("PEFT", "python", Peft(baseModel, folder), $"First: {pull}"));
            snippets.Add(new("vLLM", "shell", $"vllm serve {baseModel} \\\n    --enable-lora --max-lora-rank {VllmRank(repository.Rank)} \\\n    --lora-modules {folder}=./{folder}", $"First: {pull}"));
        }

        if (revision.Find("blend.json") is not null)
            snippets.Add(new("Rebuild", "shell", $"adapterhub blend --recipe {folder}/blend.json \\\n    --out again --hub {hub}", $"Makes the same bytes again from its adapters. First: {pull}"));
        if (Weights(repository, revision) is { } file)
        {
            var header = isPrivate ? " \\\n    -H \"Authorization: Bearer $ADAPTERHUB_TOKEN\"" : "";
            snippets.Add(new("curl", "shell", $"curl -fLO{header} \\\n    {hub}{Addresses.File(repository.Name, revision.Commit.Id, file)}"));
        }

        return snippets;
    }

    private static string CommandLine(RepositoryView repository, string pull, string folder) => repository.Kind switch
    {
        RepositoryKind.Adapter => $"{pull}\nadapterhub generate --base {repository.BaseModel ?? "BASE_MODEL"} \\\n    --adapter ./{folder} --prompt \"Once upon a time\"",
        RepositoryKind.BaseModel => $"{pull}\nadapterhub generate --base ./{folder} --prompt \"Once upon a time\"",
        _ => $"{pull}\nadapterhub train --base inkwell --data ./{folder}/FILE --out my-adapter",
    };

    private static string Peft(string baseModel, string folder) =>
        $"""
         from transformers import AutoModelForCausalLM, AutoTokenizer
         from peft import PeftModel

         base = AutoModelForCausalLM.from_pretrained("{baseModel}")
         tokenizer = AutoTokenizer.from_pretrained("{baseModel}")
         model = PeftModel.from_pretrained(base, "./{folder}")
         """;

    /// <summary>vLLM takes a few values only (vllm/config/lora.py, MaxLoRARanks); the default is 16.</summary>
    private static int VllmRank(int? rank) => new[] { 8, 16, 32, 64, 128, 256, 320, 512 }.FirstOrDefault(allowed => allowed >= (rank ?? 16), 512);

    private static string? Weights(RepositoryView repository, RevisionView revision) =>
        revision.Files.FirstOrDefault(file => file.Digest == repository.WeightsDigest)?.Path
        ?? revision.Files.OrderByDescending(file => file.Length).FirstOrDefault()?.Path;
}
