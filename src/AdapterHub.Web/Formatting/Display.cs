using System.Globalization;

namespace AdapterHub.Web.Formatting;

/// <summary>How numbers, sizes and times are written on pages: short in the text, exact in the title.</summary>
public static class Display
{
    private static readonly string[] ByteUnits = ["B", "kB", "MB", "GB", "TB", "PB"];
    private static readonly string[] CountUnits = ["", "k", "M", "B", "T"];

    /// <summary>Three figures at most, in powers of 1000 as disks and the Hugging Face Hub count: <c>0 B</c>, <c>999 B</c>, <c>1.5 kB</c>, <c>12.3 MB</c>.</summary>
    public static string Bytes(long bytes)
    {
        var (figures, unit) = Scale(bytes, ByteUnits.Length);
        return $"{figures} {ByteUnits[unit]}";
    }

    /// <summary>All digits with their groups: <c>12,345,678 bytes</c>.</summary>
    public static string ExactBytes(long bytes) => bytes == 1 ? "1 byte" : $"{Exact(bytes)} bytes";

    /// <summary>Three figures at most: <c>999</c>, <c>1.2k</c>, <c>9.86M</c>.</summary>
    public static string Count(long count)
    {
        var (figures, unit) = Scale(count, CountUnits.Length);
        return figures + CountUnits[unit];
    }

    /// <summary>All digits with their groups: <c>12,345</c>.</summary>
    public static string Exact(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary><c>1 adapter</c>, <c>1.2k adapters</c>.</summary>
    public static string Counted(long count, string one, string? many = null) => $"{Count(count)} {(count == 1 ? one : many ?? one + "s")}";

    /// <summary>A share between 0 and 1 in percent, with at least two figures: <c>0.42 %</c>, <c>12 %</c>.</summary>
    public static string Share(double share)
    {
        var percent = share * 100;
        return percent switch
        {
            0 => "0 %",
            < 0.001 and > 0 => "< 0.001 %",
            < 1 => percent.ToString("0.##", CultureInfo.InvariantCulture) is "0" ? $"{percent.ToString("0.####", CultureInfo.InvariantCulture)} %" : $"{percent.ToString("0.##", CultureInfo.InvariantCulture)} %",
            < 10 => $"{percent.ToString("0.#", CultureInfo.InvariantCulture)} %",
            _ => $"{percent.ToString("0", CultureInfo.InvariantCulture)} %",
        };
    }

    /// <summary>The first 12 characters of a digest or commit id, enough to tell them apart.</summary>
    public static string ShortDigest(string digest) => digest.Length <= 12 ? digest : digest[..12];

    /// <summary><c>just now</c>, <c>5 minutes ago</c>, <c>3 days ago</c>, <c>in 2 hours</c>; after a month the date.</summary>
    public static string Relative(DateTimeOffset time, DateTimeOffset now)
    {
        var distance = now - time;
        var length = distance.Duration();
        if (length < TimeSpan.FromSeconds(45))
            return "just now";
        if (length >= TimeSpan.FromDays(30))
            return Date(time, now);
        var words = length switch
        {
            _ when length < TimeSpan.FromMinutes(60) => Unit(Math.Max(1, (int)Math.Round(length.TotalMinutes)), "minute"),
            _ when length < TimeSpan.FromHours(24) => Unit((int)length.TotalHours, "hour"),
            _ => Unit((int)length.TotalDays, "day"),
        };
        return distance >= TimeSpan.Zero ? words + " ago" : "in " + words;

        static string Unit(int count, string unit) => count == 1 ? $"1 {unit}" : $"{count.ToString(CultureInfo.InvariantCulture)} {unit}s";
    }

    /// <summary><c>7 May</c> in this year, else <c>7 May 2025</c>.</summary>
    public static string Date(DateTimeOffset time, DateTimeOffset now) =>
        time.UtcDateTime.ToString(time.UtcDateTime.Year == now.UtcDateTime.Year ? "d MMM" : "d MMM yyyy", CultureInfo.InvariantCulture);

    /// <summary><c>7 May 2026, 13:05 UTC</c>.</summary>
    public static string Moment(DateTimeOffset time) => time.UtcDateTime.ToString("d MMM yyyy, HH:mm 'UTC'", CultureInfo.InvariantCulture);

    /// <summary><c>42 s</c>, <c>3 min 5 s</c>, <c>2 h 10 min</c>, <c>3 d 4 h</c>.</summary>
    public static string Duration(TimeSpan span) => span switch
    {
        { TotalSeconds: < 60 } => $"{span.TotalSeconds.ToString(span.TotalSeconds < 10 ? "0.#" : "0", CultureInfo.InvariantCulture)} s",
        { TotalMinutes: < 60 } => Two((int)span.TotalMinutes, "min", span.Seconds, "s"),
        { TotalHours: < 24 } => Two((int)span.TotalHours, "h", span.Minutes, "min"),
        _ => Two((int)span.TotalDays, "d", span.Hours, "h"),
    };

    private static string Two(int large, string largeUnit, int small, string smallUnit) =>
        small == 0 ? string.Create(CultureInfo.InvariantCulture, $"{large} {largeUnit}") : string.Create(CultureInfo.InvariantCulture, $"{large} {largeUnit} {small} {smallUnit}");

    /// <summary>Three figures and the power of 1000; rounding up to 1000 moves on to the next unit.</summary>
    private static (string Figures, int Unit) Scale(long number, int units)
    {
        var magnitude = Math.Abs((double)number);
        var unit = 0;
        while (unit < units - 1 && magnitude >= 999.5)
        {
            magnitude /= 1000;
            unit++;
        }

        var format = unit == 0 || magnitude >= 99.95 ? "0" : magnitude >= 9.995 ? "0.#" : "0.##";
        return ((number < 0 ? "-" : "") + magnitude.ToString(format, CultureInfo.InvariantCulture), unit);
    }
}
