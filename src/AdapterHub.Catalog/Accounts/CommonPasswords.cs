using System.Collections.Frozen;

namespace AdapterHub.Catalog.Accounts;

/// <summary>Passwords that attackers try first, of the length that is asked for, and patterns that are as easy.</summary>
internal static class CommonPasswords
{
    private const int FewestDifferent = 5;

    /// <summary>Rows that fingers and counting follow; a password that is a piece of one, forwards or backwards, is guessed at once.</summary>
    private static readonly string[] Rows =
    [
        "012345678901234567890123456789", "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm", "qwertzuiopasdfghjklyxcvbnm",
        "azertyuiopqsdfghjklmwxcvbn", "1234567890qwertyuiop", "1q2w3e4r5t6y7u8i9o0p", "1qaz2wsx3edc4rfv5tgb6yhn7ujm", "zaq12wsxcde34rfv", "qazwsxedcrfvtgbyhnujm",
        "q1w2e3r4t5y6u7i8o9p0", "a1b2c3d4e5f6g7h8i9j0", "!@#$%^&*()_+",
    ];

    /// <summary>Words at the heart of the commonest passwords, whatever digits and signs stand around them.</summary>
    private static readonly FrozenSet<string> Words = new[]
    {
        "abc", "abcd", "access", "adapter", "adapterhub", "admin", "administrator", "adminadmin", "america", "anthony", "arsenal", "asdf", "asdfgh", "barcelona",
        "baseball", "basketball", "batman", "butterfly", "changeit", "changeme", "charlie", "cheese", "chelsea", "chocolate", "computer", "correcthorsebatterystaple",
        "daniel", "default", "demo", "dragon", "elizabeth", "facebook", "flower", "football", "freedom", "friends", "google", "guest", "hello",
        "helloworld", "hottie", "iloveu", "iloveyou", "internet", "jennifer", "jessica", "jordan", "justin", "killer", "letmein", "letmeinnow", "liverpool",
        "login", "lovely", "loveyou", "manchester", "master", "matthew", "michael", "michelle", "minecraft", "monkey", "mustang", "mypassword", "naruto",
        "newpassword", "nicole", "ninja", "passpass", "passphrase", "passw", "password", "passwordpassword", "pokemon", "princess", "princesa", "purple",
        "qwer", "qwert", "qwerty", "qwertyqwerty", "root", "samantha", "samsung", "secret", "service", "shadow", "soccer", "spiderman", "starwars",
        "sunshine", "superman", "supersecret", "support", "temp", "temporary", "test", "testing", "testtest", "thepassword", "tigger", "trustno", "user", "username",
        "welcome", "whatever", "winter", "summer", "spring", "autumn", "yourpassword", "zxcvbn", "zxcvbnm",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Why this password would be guessed early; null where the list has nothing against it.</summary>
    public static string? FindProblem(string password, string? userName)
    {
        var plain = password.ToLowerInvariant();
        if (plain.Distinct().Count() < FewestDifferent)
            return "The password repeats very few characters. Take a few unrelated words.";
        if (Rows.Any(row => row.Contains(plain, StringComparison.Ordinal) || row.Contains(Reversed(plain), StringComparison.Ordinal)))
            return "The password follows the keyboard or counts. Take a few unrelated words.";
        var heart = Heart(plain);
        if (Words.Contains(heart) || Words.Contains(Unleeted(heart)) || Words.Contains(Heart(Unleeted(plain))))
            return "The password is one of the commonest. Take a few unrelated words.";
        return userName is { Length: > 2 } && heart == Heart(userName.ToLowerInvariant())
            ? "The password is the user name with little around it. Take a few unrelated words." : null;
    }

    /// <summary>Without the digits and signs around it.</summary>
    private static string Heart(string text) => text.Trim([.. text.Where(c => !char.IsLetter(c)).Distinct()]);

    private static string Unleeted(string text) => text.Replace('0', 'o').Replace('1', 'i').Replace('3', 'e').Replace('4', 'a')
        .Replace('5', 's').Replace('7', 't').Replace('@', 'a').Replace('$', 's').Replace('!', 'i');

    private static string Reversed(string text)
    {
        var letters = text.ToCharArray();
        Array.Reverse(letters);
        return new string(letters);
    }
}
