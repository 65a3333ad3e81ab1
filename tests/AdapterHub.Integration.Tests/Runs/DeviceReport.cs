namespace AdapterHub.Integration.Tests.Runs;

/// <summary>Figures of a run on a machine: to the test's output, and to the file that ADAPTERHUB_TEST_REPORT names.</summary>
internal static class DeviceReport
{
    public static void Add(string line)
    {
        TestContext.Current.TestOutputHelper?.WriteLine(line);
        if (Environment.GetEnvironmentVariable("ADAPTERHUB_TEST_REPORT") is { Length: > 0 } report)
            File.AppendAllText(report, line + "\n");
    }
}
