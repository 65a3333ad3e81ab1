using AdapterHub.Catalog.Accounts;
using AdapterHub.Web.Components.Shared;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Settings;

/// <summary>API tokens: made, shown once, listed, revoked.</summary>
public sealed partial class TokensPage : ActingPage
{
    private IReadOnlyList<ApiTokenView> _tokens = [];
    private NewApiToken? _made;
    private ApiTokenView? _revoking;
    private ConfirmDialog _confirm = default!;
    private string? _name;
    private ActorScope _scope = ActorScope.Read;
    private int _days = 90;

    [Inject] internal TokenRegistry Tokens { get; set; } = default!;

    [Inject] internal NavigationManager Navigation { get; set; } = default!;

    [Inject] internal TimeProvider Clock { get; set; } = default!;

    private string Root => Navigation.BaseUri.TrimEnd('/');

    protected override async Task OnInitializedAsync() => _tokens = await Tokens.ListAsync(await Actors.GetAsync(Left), Left);

    private Task CreateAsync() => TryAsync(async actor =>
    {
        _made = await Tokens.CreateAsync(actor, _name ?? "", _scope, _days == 0 ? null : TimeSpan.FromDays(_days), Left);
        _name = null;
        _tokens = await Tokens.ListAsync(actor, Left);
    });

    private async Task RevokeAsync(ApiTokenView token)
    {
        _revoking = token;
        if (!await _confirm.AskAsync())
            return;
        await TryAsync(async actor =>
        {
            await Tokens.RevokeAsync(actor, token.Id, Left);
            if (_made?.View.Id == token.Id)
                _made = null;
            _tokens = await Tokens.ListAsync(actor, Left);
        }, $"Revoked \"{token.Name}\"");
    }
}
