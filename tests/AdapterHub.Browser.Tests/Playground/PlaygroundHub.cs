using AdapterHub.Browser.Tests.Fixtures;
using AdapterHub.Catalog.Accounts;

namespace AdapterHub.Browser.Tests.Playground;

/// <summary>A hub with the seeds and its administrator ada; its engine is a process of its own that starts with the first question.</summary>
public sealed class PlaygroundHub : IAsyncLifetime
{
    public HubServer Server { get; private set; } = null!;

    public Actor Ada { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Server = await HubServer.StartAsync(Publications.WithSeeds);
        Ada = await Server.AddAdministratorAsync();
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
