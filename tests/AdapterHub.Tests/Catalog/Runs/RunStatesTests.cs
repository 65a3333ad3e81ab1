using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Runs;

namespace AdapterHub.Tests.Catalog.Runs;

public sealed class RunStatesTests
{
    [Fact]
    public void Transitions_AreTheseAndNoOthers()
    {
        var ways = from state in Enum.GetValues<RunState>()
                   from deed in Enum.GetValues<RunDeed>()
                   let next = RunStates.Next(state, deed)
                   where next is not null
                   select $"{state} {deed} {next}";

        ways.ShouldBe(
        [
            "Queued Lease Running", "Queued Pause Paused", "Queued Cancel Cancelled",
            "Running Pause Pausing", "Running Cancel Cancelling", "Running Succeed Succeeded", "Running Fail Failed", "Running Stop Queued", "Running Lose Queued",
            "Pausing Resume Running", "Pausing Cancel Cancelling", "Pausing Succeed Succeeded", "Pausing Fail Failed", "Pausing Stop Paused", "Pausing Lose Paused",
            "Paused Resume Queued", "Paused Cancel Cancelled",
            "Cancelling Succeed Cancelled", "Cancelling Fail Cancelled", "Cancelling Stop Cancelled", "Cancelling Lose Cancelled",
            "Failed Retry Queued", "Cancelled Retry Queued",
        ], ignoreOrder: true);
    }

    [Fact]
    public void EveryLeasedState_CanBeLostAndCancelled()
    {
        foreach (var state in Enum.GetValues<RunState>().Where(RunStates.IsLeased))
        {
            RunStates.Next(state, RunDeed.Lose).ShouldNotBeNull();
            (RunStates.IsFulfilled(state, RunDeed.Cancel) || RunStates.Next(state, RunDeed.Cancel) is not null).ShouldBeTrue();
        }
    }

    [Fact]
    public void FinalStates_AreLeftByRetryAlone()
    {
        foreach (var state in Enum.GetValues<RunState>().Where(RunStates.IsFinal))
            Enum.GetValues<RunDeed>().Where(deed => deed != RunDeed.Retry && RunStates.Next(state, deed) is not null).ShouldBeEmpty();
    }
}
