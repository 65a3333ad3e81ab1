using System.Globalization;
using AdapterHub.Browser.Tests.Fixtures;
using static Microsoft.Playwright.Assertions;

namespace AdapterHub.Browser.Tests.Playground;

/// <summary>What a person waits for after moving a slider, by the browser's own clock. The figures are printed, not judged: they are this machine's.</summary>
[Trait("Category", "Slow")]
public sealed class PlaygroundSpeedTests(Chromium chromium, PlaygroundHub hub) : IClassFixture<PlaygroundHub>
{
    private const string Asked = "/playground?base=adapterhub/inkwell&a=adapterhub/king-james:1&a=adapterhub/devils-dictionary:0.2&prompt=In%20the%20beginning&tokens=120&t=0";
    private const int Movements = 20;

    /// <summary>Moves the slider and waits until the blend's lane shows tokens of the new weights: what is there is dimmed, then replaced by fewer tokens.</summary>
    private const string Move = """
        async value => {
          const lane = document.querySelector("[data-lane='blend']");
          const slider = document.querySelectorAll('.share-slider')[1];
          const count = () => lane.querySelectorAll('.token').length;
          const before = count();
          const text = lane.dataset.state === 'done' ? lane.querySelector('.lane-text').textContent : null;
          const isNew = () => count() > 0 && (count() < before || text !== null && lane.querySelector('.lane-text').textContent !== text);
          const started = performance.now();
          const shown = new Promise((resolve, reject) => new MutationObserver((_, observer) => {
            if (performance.now() - started > 60000) reject(new Error('nothing new came'));
            if (lane.classList.contains('lane-stale') || !isNew()) return;
            observer.disconnect();
            requestAnimationFrame(() => resolve(performance.now() - started));
          }).observe(lane, { subtree: true, childList: true, attributes: true, characterData: true }));
          slider.value = value;
          slider.dispatchEvent(new Event('input', { bubbles: true }));
          return await shown;
        }
        """;

    [Fact]
    public async Task SliderMoved_ShowsTheFirstNewToken()
    {
        await using var page = await chromium.OpenAsync(hub.Server);
        await page.SignInAsync(hub.Server, hub.Ada);
        await page.GoAsync(Asked);
        var lane = page.Page.Locator("[data-lane='blend']");
        foreach (var isWriting in new[] { false, true })
        {
            var waits = new List<double>();
            for (var k = 0; k < Movements; k++)
            {
                if (isWriting)
                    await lane.Locator(".token").Nth(40).WaitForAsync();
                else
                    await Expect(lane).ToHaveAttributeAsync("data-state", "done");
                waits.Add(await page.Page.EvaluateAsync<double>(Move, (k % 2 == 0 ? -1.5 : 1.5) + k * 0.01));
            }

            var inOrder = string.Join(' ', waits.Select(wait => wait.ToString("0", CultureInfo.InvariantCulture)));
            waits.Sort();
            TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"slider to first new token, {(isWriting ? "while the lane is being written" : "of a lane that was written")}: median {waits[Movements / 2]:0} ms, worst {waits[^1]:0} ms, {Movements} movements: {inOrder}"));
            waits.ShouldAllBe(wait => wait > 0);
        }

        page.Complaints.ShouldBeEmpty();
    }
}
