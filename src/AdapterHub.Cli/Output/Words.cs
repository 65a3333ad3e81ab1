using System.Globalization;

namespace AdapterHub.Cli.Output;

/// <summary>Quantities as people read them.</summary>
internal static class Words
{
    /// <summary>"1,234,567".</summary>
    public static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Four digits that matter: "3.142", "0.00125", "1.2e-07".</summary>
    public static string Number(double value) => value == 0 ? "0" : Math.Abs(value) is >= 1e-4 and < 1e6
        ? value.ToString(Math.Abs(value) >= 100 ? "0.##" : Math.Abs(value) >= 1 ? "0.####" : "0.#######", CultureInfo.InvariantCulture)
        : value.ToString("0.###e+00", CultureInfo.InvariantCulture);

    public static string Loss(double value) => value.ToString("0.0000", CultureInfo.InvariantCulture);

    public static string Perplexity(double value) => value.ToString(value < 100 ? "0.00" : "0.0", CultureInfo.InvariantCulture);

    public static string Percent(double share) => share.ToString(share < 0.1 ? "0.00 %" : "0.0 %", CultureInfo.InvariantCulture);

    public static string Rate(double tokensPerSecond) =>
        tokensPerSecond >= 1e5 ? $"{tokensPerSecond / 1000:N0} k tok/s" : string.Create(CultureInfo.InvariantCulture, $"{tokensPerSecond:N0} tok/s");

    /// <summary>"512 B", "1.5 KiB", "3.2 GiB".</summary>
    public static string Bytes(long bytes)
    {
        string[] units = ["B", "KiB", "MiB", "GiB", "TiB"];
        double value = bytes;
        var unit = 0;
        while (value >= 1024 && unit < units.Length - 1)
            (value, unit) = (value / 1024, unit + 1);
        return string.Create(CultureInfo.InvariantCulture, $"{Math.Round(value, unit == 0 || value >= 100 ? 0 : 1)} {units[unit]}");
    }

    /// <summary>"850 ms", "42 s", "3 min 20 s", "2 h 05 min".</summary>
    public static string Duration(double seconds) => seconds switch
    {
        double.NaN or double.PositiveInfinity => "?",
        < 1 => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1000:0} ms"),
        < 10 => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0} s"),
        < 60 => string.Create(CultureInfo.InvariantCulture, $"{seconds:0} s"),
        < 3600 => $"{(int)seconds / 60} min {(int)seconds % 60:00} s",
        _ => $"{(long)seconds / 3600} h {(long)seconds % 3600 / 60:00} min",
    };
}
