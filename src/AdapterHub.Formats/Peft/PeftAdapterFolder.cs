using AdapterHub.Formats.Safetensors;

namespace AdapterHub.Formats.Peft;

/// <summary>
/// A PEFT adapter on disk: <c>adapter_config.json</c> and <c>adapter_model.safetensors</c>. What is read and written again unchanged is the
/// same byte for byte.
/// </summary>
public static class PeftAdapterFolder
{
    public const string TensorFileName = "adapter_model.safetensors";
    private const string PickleFileName = "adapter_model.bin";

    /// <summary>Reads an adapter into memory and checks it against its config.</summary>
    /// <exception cref="AdapterFormatException">
    /// A file is missing or broken, a factor lacks its partner, a rank disagrees with its partner or the config, a module is not targeted, or
    /// a tensor is not understood; all findings at once. A pickle is refused as such.
    /// </exception>
    public static LoraAdapter Read(string directory, SafetensorsLimits? limits = null)
    {
        var findings = new FormatFindings();
        var config = ReadConfig(directory, findings);
        using var file = OpenTensors(directory, limits, findings);
        findings.ThrowIfAny(directory);

        return Assemble(directory, config!, file!, findings, file!.Load);
    }

    /// <summary>Puts the tensors of an open file together and checks them against their config.</summary>
    /// <param name="name">What to call the adapter in an error.</param>
    /// <param name="config">Its config.</param>
    /// <param name="file">Its tensors.</param>
    /// <param name="findings">Takes what is wrong.</param>
    /// <param name="load">Makes a tensor of an entry of the file; one with type and shape but no bytes is enough for every check.</param>
    internal static LoraAdapter Assemble(
        string name, PeftConfig config, SafetensorsFile file, FormatFindings findings, Func<SafetensorsTensor, AdapterTensor> load)
    {
        var adapter = new Assembler(config, file, findings, load).Assemble();
        findings.ThrowIfAny(name);
        PeftAdapterCheck.Check(adapter, findings);
        findings.ThrowIfAny(name);
        return adapter;
    }

    /// <summary>
    /// Writes an adapter. Both files are whole on the disk before either takes its name, the config last; on failure the folder is as it was,
    /// and not there if it was not.
    /// </summary>
    /// <param name="directory">Made if absent; other files in it are left alone.</param>
    /// <param name="adapter">Its config must describe its modules; <see cref="PeftConfigs.Describe"/> makes one that does.</param>
    /// <exception cref="AdapterFormatException">The config and the modules disagree; nothing is written.</exception>
    public static void Write(string directory, LoraAdapter adapter)
    {
        ArgumentNullException.ThrowIfNull(adapter);
        var findings = new FormatFindings();
        PeftAdapterCheck.Check(adapter, findings);
        foreach (var path in adapter.Modules.GroupBy(module => module.Path, StringComparer.Ordinal).Where(group => group.Skip(1).Any()))
            findings.Add(path.Key, "the module occurs twice");
        findings.ThrowIfAny(directory);

        var isNew = !Directory.Exists(directory);
        Directory.CreateDirectory(directory);
        var done = false;
        try
        {
            using var tensors = SafetensorsWriter.Stage(Path.Combine(directory, TensorFileName), adapter.FileMetadata, [.. Sources(adapter)]);
            using var config = new StagedFile(Path.Combine(directory, PeftConfig.FileName));
            config.Stream.Write(System.Text.Encoding.UTF8.GetBytes(adapter.Config.ToJson()));
            config.Seal();
            tensors.Commit();
            config.Commit();
            done = true;
        }
        finally
        {
            if (isNew && !done && !Directory.EnumerateFileSystemEntries(directory).Any())
                Directory.Delete(directory);
        }
    }

    private static PeftConfig? ReadConfig(string directory, FormatFindings findings)
    {
        try
        {
            return PeftConfig.Read(Path.Combine(directory, PeftConfig.FileName));
        }
        catch (AdapterFormatException exception)
        {
            findings.AddAll(exception);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            findings.Add(null, "the folder holds no PEFT adapter: its config is missing", PeftConfig.FileName);
        }

        return null;
    }

    private static SafetensorsFile? OpenTensors(string directory, SafetensorsLimits? limits, FormatFindings findings)
    {
        try
        {
            return SafetensorsFile.Open(Path.Combine(directory, TensorFileName), limits);
        }
        catch (AdapterFormatException exception)
        {
            findings.AddAll(exception);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            var pickle = Path.Combine(directory, PickleFileName);
            if (File.Exists(pickle))
                findings.AddAll(PickleFiles.Refuse(pickle));
            else
                findings.Add(null, "the folder holds no PEFT adapter: its tensors are missing", TensorFileName);
        }

        return null;
    }

    private static IEnumerable<SafetensorsSource> Sources(LoraAdapter adapter)
    {
        foreach (var module in adapter.Modules)
        {
            var embedding = module.Kind == LoraModuleKind.Embedding;
            yield return Source(embedding ? PeftTensorRole.EmbeddingA : PeftTensorRole.A, module.A);
            yield return Source(embedding ? PeftTensorRole.EmbeddingB : PeftTensorRole.B, module.B);
            if (module.BiasB is { } bias)
                yield return Source(PeftTensorRole.BiasB, bias);
            if (module.Magnitude is { } magnitude)
                yield return Source(module.MagnitudeKeyHasWeight ? PeftTensorRole.MagnitudeWeight : PeftTensorRole.Magnitude, magnitude);

            SafetensorsSource Source(PeftTensorRole role, AdapterTensor tensor) => SafetensorsSource.FromTensor(PeftTensorName.Format(module.Path, role), tensor);
        }

        foreach (var (path, tensor) in adapter.SavedModules)
            yield return SafetensorsSource.FromTensor(PeftTensorName.Format(path, PeftTensorRole.Whole), tensor);
    }

    /// <summary>Puts the tensors of a file together into modules.</summary>
    private sealed class Assembler(
        PeftConfig config, SafetensorsFile file, FormatFindings findings, Func<SafetensorsTensor, AdapterTensor> load)
    {
        private readonly TargetModuleMatcher _matcher = new(config);
        private readonly SortedDictionary<string, Dictionary<PeftTensorRole, AdapterTensor>> _modules = new(CodePointComparer.Instance);
        private readonly SortedDictionary<string, AdapterTensor> _saved = new(CodePointComparer.Instance);

        public LoraAdapter Assemble()
        {
            foreach (var tensor in file.Tensors)
                Take(tensor);
            return new LoraAdapter
            {
                Config = config,
                Modules = [.. _modules.Select(module => Build(module.Key, module.Value)).OfType<LoraModule>()],
                SavedModules = _saved,
                FileMetadata = file.HasMetadata ? file.Metadata : null,
            };
        }

        private void Take(SafetensorsTensor tensor)
        {
            if (tensor.ByteLength > Array.MaxLength)
            {
                findings.Add(tensor.Name, "the tensor is larger than an adapter's may be", $"at most {Array.MaxLength} bytes", $"{tensor.ByteLength}");
                return;
            }

            var (path, role) = PeftTensorName.Parse(tensor.Name);
            // A saved module may be called anything, even like a LoRA parameter.
            if (role == PeftTensorRole.Whole || (role == PeftTensorRole.UnknownLora && _matcher.IsSaved(path)))
                _saved.Add(path, load(tensor));
            else if (role == PeftTensorRole.UnknownLora)
                findings.Add(tensor.Name, "this parameter belongs to a variant of LoRA that is not supported", "lora_A, lora_B, lora_embedding_A/B, lora_magnitude_vector");
            else if (role == PeftTensorRole.Foreign)
                findings.Add(tensor.Name, "the name is not one that PEFT gives", "base_model.model....");
            else
            {
                if (!_modules.TryGetValue(path, out var parts))
                    _modules.Add(path, parts = []);
                parts.Add(role, load(tensor));
            }
        }

        private LoraModule? Build(string path, Dictionary<PeftTensorRole, AdapterTensor> parts)
        {
            var isEmbedding = parts.ContainsKey(PeftTensorRole.EmbeddingA) || parts.ContainsKey(PeftTensorRole.EmbeddingB);
            var roles = isEmbedding ? (A: PeftTensorRole.EmbeddingA, B: PeftTensorRole.EmbeddingB) : (A: PeftTensorRole.A, B: PeftTensorRole.B);
            if (isEmbedding && (parts.ContainsKey(PeftTensorRole.A) || parts.ContainsKey(PeftTensorRole.B) || parts.ContainsKey(PeftTensorRole.BiasB)))
                findings.Add(path, "the module has the factors of an embedding and those of a linear layer");
            if (parts.ContainsKey(PeftTensorRole.Magnitude) && parts.ContainsKey(PeftTensorRole.MagnitudeWeight))
                findings.Add(path, "the module has its DoRA magnitude twice, with and without .weight");
            foreach (var missing in new[] { roles.A, roles.B }.Where(role => !parts.ContainsKey(role)))
                findings.Add(path, "a factor is missing", PeftTensorName.Format(path, missing));
            if (!parts.TryGetValue(roles.A, out var a) || !parts.TryGetValue(roles.B, out var b))
                return null;

            var rank = a.Shape is [var r, ..] and not [<= 0 or > int.MaxValue, ..] ? (int)r : 0;
            return new LoraModule
            {
                Path = path,
                Kind = isEmbedding ? LoraModuleKind.Embedding : a.Shape.Length == 4 ? LoraModuleKind.Conv2d : LoraModuleKind.Linear,
                A = a,
                B = b,
                BiasB = parts.GetValueOrDefault(PeftTensorRole.BiasB),
                Magnitude = parts.GetValueOrDefault(PeftTensorRole.Magnitude) ?? parts.GetValueOrDefault(PeftTensorRole.MagnitudeWeight),
                MagnitudeKeyHasWeight = parts.ContainsKey(PeftTensorRole.MagnitudeWeight),
                Rank = rank,
                Alpha = _matcher.GetAlpha(path),
                UseRslora = config.UseRslora,
                FanInFanOut = config.FanInFanOut,
            };
        }
    }
}
