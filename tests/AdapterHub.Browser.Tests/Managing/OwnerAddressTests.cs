using AdapterHub.Catalog.Accounts;
using AdapterHub.Web;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Browser.Tests.Managing;

/// <summary>Owners share the first part of the address with the hub's own pages.</summary>
public sealed class OwnerAddressTests
{
    [Fact]
    public void NoOwner_CanBeCalledAsThePagesAre()
    {
        var firstParts = (from type in typeof(HubApplication).Assembly.GetTypes()
                          from route in type.GetCustomAttributes(typeof(RouteAttribute), inherit: false).Cast<RouteAttribute>()
                          let first = route.Template.Trim('/').Split('/')[0]
                          where first.Length > 0 && !first.StartsWith('{')
                          select first).Distinct().ToList();

        firstParts.ShouldContain("models");
        firstParts.Where(first => !OwnerNames.IsReserved(first)).ShouldBeEmpty();
    }
}
