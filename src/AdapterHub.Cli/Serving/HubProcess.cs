using System.Net.Sockets;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Runs;
using AdapterHub.Cli.Output;
using AdapterHub.Cli.Verbs;
using AdapterHub.Web;
using AdapterHub.Web.Accounts;
using AdapterHub.Worker;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.AspNetCore.Connections;

namespace AdapterHub.Cli.Serving;

/// <summary>The hub as the whole of this process. Kept apart from the verb, so that only <c>serve</c> loads ASP.NET.</summary>
internal static class HubProcess
{
    public static async Task<int> RunAsync(Invocation invocation, string? urls, string? data, bool withWorker)
    {
        var options = HubOptions.Read(FindRoot(), Environment.GetEnvironmentVariable, urls, data);
        await using var application = HubApplication.Build(options);
        await StartAsync(application, options, invocation.Stop).ConfigureAwait(false);
        Announce(invocation, application, options, await StartLink.IssueAsync(application, invocation.Stop).ConfigureAwait(false));
        using var worker = withWorker ? await StartWorkerAsync(invocation, application, options).ConfigureAwait(false) : null;
        await WaitForEndAsync(application, invocation.Stop).ConfigureAwait(false);
        if (worker is not null)
            await worker.StopAsync().ConfigureAwait(false);
        await application.StopAsync(CancellationToken.None).ConfigureAwait(false);
        return ExitCode.Ok;
    }

    /// <summary>Ctrl-C is how a hub ends, so that it is no failure; a background service that fails ends it too.</summary>
    private static async Task WaitForEndAsync(WebApplication application, CancellationToken stop)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop, application.Lifetime.ApplicationStopping);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = end.Token.Register(ended.SetResult).ConfigureAwait(false);
        await ended.Task.ConfigureAwait(false);
    }

    private static async Task<WorkerSupervisor?> StartWorkerAsync(Invocation invocation, WebApplication application, HubOptions options)
    {
        if (FindLocalAddress(application.Urls) is not { } address)
        {
            invocation.Terminal.Error.WriteLine("No worker was started beside the hub: it listens by https only. Start one with `adapterhub worker --hub URL`.");
            return null;
        }

        var token = await application.Services.GetRequiredService<WorkerRegistry>().IssueLocalAsync(CancellationToken.None).ConfigureAwait(false);
        var worker = new WorkerSupervisor(address, token, Path.Combine(options.DataFolder, "worker"), invocation.Terminal.Error.WriteLine);
        worker.Start();
        return worker;
    }

    /// <summary>An address by which this machine reaches the hub without TLS.</summary>
    private static string? FindLocalAddress(IEnumerable<string> urls) => urls.Select(BindingAddress.Parse)
        .Where(address => address.Scheme == Uri.UriSchemeHttp)
        .Select(address => address.Host is "0.0.0.0" or "[::]" or "*" or "+" ? $"http://127.0.0.1:{address.Port}" : $"http://{address.Host}:{address.Port}")
        .FirstOrDefault();

    private static async Task StartAsync(WebApplication application, HubOptions options, CancellationToken stop)
    {
        try
        {
            await application.StartAsync(stop).ConfigureAwait(false);
        }
        catch (Exception exception) when (DescribeBadAddress(exception) is { } reason)
        {
            throw new RunInputException($"--urls {string.Join(';', options.Urls)}: {reason}", exception);
        }
    }

    /// <summary>What is wrong with the addresses; null where something else is.</summary>
    private static string? DescribeBadAddress(Exception exception) => exception switch
    {
        { InnerException: AddressInUseException } => "another program listens there already. Stop it, or choose another port, such as --urls http://localhost:5081",
        SocketException or { InnerException: SocketException } => $"{(exception as SocketException ?? exception.InnerException!).Message}.",
        FormatException => "an address looks like http://localhost:5080.",
        InvalidOperationException when exception.Message.Contains("HTTPS", StringComparison.Ordinal) =>
            "https needs a certificate: set ASPNETCORE_Kestrel__Certificates__Default__Path (and __Password), or listen on http behind a proxy that has one.",
        _ => null,
    };

    private static void Announce(Invocation invocation, WebApplication application, HubOptions options, StartLink? link)
    {
        if (invocation.IsJson)
        {
            invocation.WriteJson(new HubStarted([.. application.Urls], options.DataFolder, link?.Address));
            return;
        }

        foreach (var url in application.Urls)
            invocation.Terminal.Out.WriteLine($"AdapterHub is at {url}");
        invocation.Terminal.Out.WriteLine($"Data: {options.DataFolder}");
        if (link is not null)
        {
            invocation.Terminal.Out.WriteLine(link.Deed == FirstStartDeed.SignIn
                ? "Open this link to sign in without a password; it works once:" : "Nobody has an account yet. Open this link to make the administrator's; it works once:");
            invocation.Terminal.Out.WriteLine($"  {link.Address}");
        }

        invocation.Terminal.Out.WriteLine("Ctrl-C ends it.");
    }

    /// <summary>The repository where there is one, else the current folder: data must not land beside an installed program.</summary>
    private static string FindRoot() =>
        Environment.GetEnvironmentVariable("ADAPTERHUB_ROOT") is { Length: > 0 } root ? root : Environment.CurrentDirectory;
}

/// <summary>The address of a started hub as JSON, and the link that signs somebody in where there is one.</summary>
internal sealed record HubStarted(IReadOnlyList<string> Urls, string DataFolder, Uri? SignInLink);
