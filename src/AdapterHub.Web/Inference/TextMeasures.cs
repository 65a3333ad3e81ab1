using AdapterHub.Catalog;
using AdapterHub.Catalog.Runs;
using AdapterHub.Catalog.Storage;
using AdapterHub.Protocol.Inference;
using AdapterHub.Protocol.Runs;

namespace AdapterHub.Web.Inference;

/// <summary>What a text is in tokens of a base model, asked of the engine process: the tokenizers are its own, and the hub loads nothing native.</summary>
internal sealed class TextMeasures(EngineSupervisor engines, BlobStore blobs)
{
    /// <summary>After so long the estimate by bytes has to do.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <param name="inputs">Looked up with the rights of whoever asks.</param>
    /// <param name="pasted">A text that is in no store yet; null takes the texts of the inputs.</param>
    /// <param name="reading">How files become documents.</param>
    /// <param name="rows">First documents to be shown with their tokens.</param>
    /// <returns>Null where no engine can be had now.</returns>
    /// <exception cref="CatalogException">Invalid: the text cannot be read as it is; the message names file and line.</exception>
    public async Task<TextMeasured?> FindAsync(RunInputs inputs, string? pasted, TextSource reading, int rows, CancellationToken cancel)
    {
        var request = new EngineTextRequest
        {
            Base = new EngineSource(inputs.BaseName) { Files = inputs.Base.Where(file => !file.Path.EndsWith(".safetensors", StringComparison.Ordinal)).ToDictionary(file => file.Path, PathOf, StringComparer.Ordinal) },
            // Names only have to differ and to keep their endings; folders of a dataset are of no matter to it.
            Files = pasted is not null ? null : new EngineSource("the text") { Files = inputs.Texts.Select((file, index) => (Name: $"{index:D4}-{Path.GetFileName(file.Path)}", file)).ToDictionary(one => one.Name, one => PathOf(one.file), StringComparer.Ordinal) },
            Text = pasted,
            Reading = reading,
            Rows = rows,
        };
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(Patience);
        try
        {
            var engine = await engines.GetAsync(patience.Token);
            using var response = await engine.Client.PostAsJsonAsync("text", request, InferenceJson.Default.EngineTextRequest, patience.Token);
            if (response.IsSuccessStatusCode)
                return await response.Content.ReadFromJsonAsync(InferenceJson.Default.TextMeasured, patience.Token);
            var problem = await response.Content.ReadFromJsonAsync(InferenceJson.Default.EngineProblem, patience.Token);
            return problem?.Fault == LanesFault.Input ? throw new CatalogException(CatalogFault.Invalid, problem.Message) : null;
        }
        catch (CatalogException busy) when (busy.Fault == CatalogFault.Busy)
        {
            return null;
        }
        catch (Exception gone) when (gone is HttpRequestException or IOException or ObjectDisposedException || (gone is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            return null;
        }
    }

    private string PathOf(RunInputFile file) => blobs.PathOf(file.Digest);
}
