using AdapterHub.Catalog.Runs;
using FsCheck;
using FsCheck.Fluent;

namespace AdapterHub.Tests.Catalog.Runs;

public sealed class FairOrderTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>
    /// Nobody starves: whatever the others submit, with whatever priorities, and however many new people come, somebody with a waiting run and
    /// nothing at work is passed over at most once by each person who was there when the wait began.
    /// </summary>
    [Fact]
    public void AnySequence_PassesNobodyOverMoreThanOnceAPerson()
    {
        var deed = from kind in Gen.Choose(0, 9) from person in Gen.Choose(1, 6) from priority in Gen.Choose(-5, 5) select (kind, person, priority);
        Prop.ForAll(Arb.From(Gen.ListOf(deed, 200)), deeds =>
        {
            var queue = new Model();
            foreach (var (kind, person, priority) in deeds)
            {
                if (kind < 5)
                    queue.Submit(person, priority);
                else if (kind < 8)
                    queue.Lease();
                else
                    queue.Finish(person);
            }

            // And a greedy one who fills the queue at every step while all others wait.
            for (var k = 0; k < 60; k++)
            {
                queue.Submit(1, 5);
                queue.Submit(100 + k, 5);
                if (queue.Lease() is { } leased)
                    queue.Finish(leased);
            }

            return queue.WorstPassedOver <= queue.MostAllowed;
        }).Check(Config.QuickThrowOnFailure.WithReplay(12345, 6789));
    }

    [Fact]
    public void OwnRuns_GoByPriorityThenByAge()
    {
        WaitingRun[] waiting = [new(1, 7, 0, Start), new(2, 7, 3, Start.AddMinutes(2)), new(3, 7, 3, Start.AddMinutes(1))];

        FairOrder.FindNext(waiting, _ => new PersonStanding(0, null))!.RunId.ShouldBe(3);
    }

    [Fact]
    public void OthersPriority_PushesNobodyBack()
    {
        WaitingRun[] waiting = [new(1, 7, 0, Start), new(2, 8, 1000, Start.AddSeconds(1))];

        FairOrder.FindNext(waiting, _ => new PersonStanding(0, null))!.RunId.ShouldBe(1);
    }

    private sealed class Model
    {
        private readonly List<WaitingRun> _waiting = [];
        private readonly Dictionary<long, int> _running = [];
        private readonly Dictionary<long, DateTimeOffset> _served = [];
        private readonly Dictionary<long, (int PassedOver, int Allowed)> _waits = [];
        private int _clock;

        /// <summary>Of those in excess of what is allowed, if any.</summary>
        public int WorstPassedOver { get; private set; }

        public int MostAllowed { get; private set; }

        public void Submit(long person, int priority)
        {
            _waiting.Add(new WaitingRun(_clock, person, priority, Now()));
            BeginWait(person);
        }

        public long? Lease()
        {
            var next = FairOrder.FindNext(_waiting, Standing);
            if (next is null)
                return null;
            _waiting.Remove(next);
            _running[next.Person] = _running.GetValueOrDefault(next.Person) + 1;
            _served[next.Person] = Now();
            _waits.Remove(next.Person);
            foreach (var person in _waits.Keys.ToList())
            {
                var (passed, allowed) = _waits[person];
                _waits[person] = (passed + 1, allowed);
                if (passed + 1 > allowed)
                    (WorstPassedOver, MostAllowed) = (passed + 1, allowed);
            }

            return next.Person;
        }

        public void Finish(long person)
        {
            if (_running.GetValueOrDefault(person) == 0)
                return;
            _running[person]--;
            BeginWait(person);
        }

        private void BeginWait(long person)
        {
            if (_running.GetValueOrDefault(person) == 0 && _waiting.Exists(run => run.Person == person) && !_waits.ContainsKey(person))
                _waits[person] = (0, _waiting.Select(run => run.Person).Concat(_served.Keys).Distinct().Count() - 1);
        }

        private PersonStanding Standing(long person) =>
            new(_running.GetValueOrDefault(person), _served.TryGetValue(person, out var at) ? at : null);

        private DateTimeOffset Now() => Start.AddSeconds(++_clock);
    }
}
