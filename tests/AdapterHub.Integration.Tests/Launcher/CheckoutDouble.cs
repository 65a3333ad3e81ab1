namespace AdapterHub.Integration.Tests.Launcher;

/// <summary>
/// A checkout with the real launcher and test runner, a source file or two, and a `dotnet` that only writes down what it was asked:
/// its build makes the program's file, its program prints the arguments and the current directory.
/// </summary>
internal sealed class CheckoutDouble : IDisposable
{
    /// <summary>The programs of a Debian system that the launcher may take for granted.</summary>
    private static readonly string[] Essential =
    [
        "awk", "basename", "bash", "cat", "cp", "dirname", "env", "find", "flock", "grep", "head", "id", "ln", "mkdir", "readlink", "rm", "sed",
        "sha256sum", "sleep", "sort", "stat", "tail", "timeout", "touch", "true",
    ];

    private const string Dotnet = """
        #!/usr/bin/env bash
        if [ -e "$CHECKOUT/old-sdk-on-path" ] && [ "$0" = "$CHECKOUT/tools/dotnet" ]; then exit 1; fi
        case "$1" in
          --version) [ ! -e "$CHECKOUT/no-sdk" ] && echo 10.0.400 ;;
          build)
            echo "$2" >>"$CHECKOUT/builds"
            sleep 0.3
            if [ -e "$CHECKOUT/broken" ]; then echo "Lora.cs(1,2): error CS1002: ; expected"; exit 1; fi
            mkdir -p "$CHECKOUT/src/AdapterHub.Cli/bin/Release/net10.0"
            touch "$CHECKOUT/src/AdapterHub.Cli/bin/Release/net10.0/adapterhub.dll" ;;
          *.Tests.dll) cat "$(dirname "$1")/says"; exit "$(cat "$(dirname "$1")/code")" ;;
          *) shift; printf '[%s]' "$PWD" "$@"; exit 7 ;;
        esac
        """;

    /// <summary>Installing a package makes a program of its name, unless a file called refuse is there.</summary>
    private const string AptGet = """
        #!/usr/bin/env bash
        echo "apt-get $*" >>"$CHECKOUT/installs"
        if [ -e "$CHECKOUT/refuse" ]; then echo "E: Unable to locate package"; exit 100; fi
        case " $* " in *" install "*) ;; *) exit 0 ;; esac
        for package in "$@"; do
          case "$package" in -*|install) ;; *) ln -sf "$CHECKOUT/tools/dotnet" "$CHECKOUT/tools/$package" ;; esac
        done
        """;

    /// <summary>Installing makes the folder of packages, unless a file called no-registry is there.</summary>
    private const string Npm = """
        #!/usr/bin/env bash
        echo "$PWD npm $*" >>"$CHECKOUT/installs"
        if [ -e "$CHECKOUT/no-registry" ]; then echo "npm error code ENOTFOUND"; exit 1; fi
        mkdir -p node_modules
        """;

    private readonly string _tools;

    public CheckoutDouble()
    {
        Root = Directory.CreateTempSubdirectory("launcher-").FullName;
        _tools = Path.Combine(Root, "tools");
        Copy("adapterhub");
        Copy("tests/run-suites");
        Write("src/AdapterHub.Cli/Program.cs", "return 0;");
        Write("global.json", "{}");
        WriteProgram("src/AdapterHub.Torch/native/build-shim", "#!/usr/bin/env bash\necho '2.0.0 /torch /torch/include /torch/lib'\n");
        WriteProgram("tools/dotnet", Dotnet);
        WriteProgram("tools/apt-get", AptGet);
        foreach (var name in new[] { "cmake", "g++", "make" })
            WriteProgram($"tools/{name}", "#!/usr/bin/env bash\n");
        foreach (var name in Essential)
            File.CreateSymbolicLink(Path.Combine(_tools, name), Which(name));
    }

    public string Root { get; }

    /// <summary>What was built, in order.</summary>
    public string[] Builds => File.Exists(PathOf("builds")) ? File.ReadAllLines(PathOf("builds")) : [];

    /// <summary>Lines of the calls of apt-get.</summary>
    public string[] Installs => File.Exists(PathOf("installs")) ? File.ReadAllLines(PathOf("installs")) : [];

    public bool Offline { get; set; } = true;

    public string PathOf(string path) => Path.Combine(Root, path);

    public void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(path))!);
        File.WriteAllText(PathOf(path), text);
    }

    /// <summary>Lets the launcher believe that it runs as this user, and makes sudo answer with <paramref name="sudo"/>, or be absent.</summary>
    public void BecomeUser(int id, string? sudo = null)
    {
        RemoveTool("id");
        WriteProgram("tools/id", $"#!/usr/bin/env bash\necho {id}\n");
        if (sudo is not null)
            WriteProgram("tools/sudo", sudo);
    }

    /// <summary>A lock of npm packages like the one that the tests come with, and npm to install them unless it is to be missing.</summary>
    public void AddNodeClient(string versions, bool hasNpm = true)
    {
        Write("tests/AdapterHub.Integration.Tests/Runs/SignalR/package.json", "{}");
        Write("tests/AdapterHub.Integration.Tests/Runs/SignalR/package-lock.json", versions);
        if (!hasNpm)
            return;
        WriteProgram("tools/npm", Npm);
        WriteProgram("tools/node", "#!/usr/bin/env bash\n");
    }

    public void RemoveTool(string name) => File.Delete(Path.Combine(_tools, name));

    /// <summary>A suite whose run prints <paramref name="says"/> and exits with <paramref name="code"/>.</summary>
    public void AddSuite(string name, int code, string says)
    {
        Write($"tests/{name}/{name}.csproj", "<Project />");
        Write($"tests/{name}/bin/Release/net10.0/{name}.dll", "");
        Write($"tests/{name}/bin/Release/net10.0/says", says);
        Write($"tests/{name}/bin/Release/net10.0/code", $"{code}");
    }

    public Task<ShellResult> StartAsync(params string[] arguments) => StartFromAsync(Root, PathOf("adapterhub"), arguments);

    public Task<ShellResult> StartFromAsync(string directory, string launcher, params string[] arguments) =>
        ShellProcess.RunAsync(launcher, directory, new Dictionary<string, string?>
        {
            ["PATH"] = _tools,
            ["CHECKOUT"] = Root,
            ["HOME"] = Root,
            ["DOTNET_ROOT"] = null,
            ["ADAPTERHUB_OFFLINE"] = Offline ? "1" : null,
            ["ADAPTERHUB_REBUILD"] = null,
            ["ADAPTERHUB_LIBTORCH"] = null,
        }, arguments);

    public void Dispose() => Directory.Delete(Root, recursive: true);

    private static string Which(string name) =>
        new[] { "/usr/bin", "/bin" }.Select(folder => Path.Combine(folder, name)).First(File.Exists);

    private void Copy(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(path))!);
        File.Copy(Path.Combine(Repository.Root, path), PathOf(path));
    }

    private void WriteProgram(string path, string text)
    {
        Write(path, text);
        File.SetUnixFileMode(PathOf(path), (UnixFileMode)0b111_101_101);
    }
}
