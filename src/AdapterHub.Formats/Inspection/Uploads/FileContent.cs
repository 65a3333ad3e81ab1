namespace AdapterHub.Formats.Inspection.Uploads;

/// <summary>What a file is by its bytes, whatever it is called.</summary>
internal enum FileContent
{
    Empty,
    Safetensors,
    Gguf,
    Pickle,
    Zip,

    /// <summary>Something else, with a zip archive at its end: one file to one reader and another to the next.</summary>
    HiddenZip,
    SevenZip,
    OtherArchive,

    /// <summary>A native program or library, Java or WebAssembly.</summary>
    Program,
    Hdf5,

    /// <summary>A NumPy array of Python objects, which are a pickle.</summary>
    NumpyObjects,
    Parquet,
    Text,

    /// <summary>A picture, a document, or what is not known.</summary>
    Binary,
}
