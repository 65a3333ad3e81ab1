using System.Text;
using AdapterHub.Formats;
using AdapterHub.Formats.Peft;

namespace AdapterHub.Engine.Blending;

/// <summary>A blend on disk: a PEFT adapter that any PEFT program loads, with <c>blend.json</c> beside it.</summary>
public static class BlendFolder
{
    /// <summary>Writes all three files. Each is whole or absent; a failure before the last step leaves the folder as it was.</summary>
    /// <exception cref="IOException">The disk is full or the folder cannot be written.</exception>
    public static void Write(string directory, BlendResult.Done blend)
    {
        ArgumentNullException.ThrowIfNull(blend);
        var isNew = !Directory.Exists(directory);
        Directory.CreateDirectory(directory);
        var done = false;
        try
        {
            // The recipe's bytes reach the disk first: an adapter without its recipe would be a blend that does not say what it is.
            using var recipe = new StagedFile(Path.Combine(directory, BlendRecipe.FileName));
            recipe.Stream.Write(Encoding.UTF8.GetBytes(BlendRecipeJson.Write(blend.Recipe, blend.Report)));
            recipe.Seal();
            PeftAdapterFolder.Write(directory, blend.Adapter);
            recipe.Commit();
            done = true;
        }
        finally
        {
            if (isNew && !done && !Directory.EnumerateFileSystemEntries(directory).Any())
                Directory.Delete(directory);
        }
    }
}
