using Saltus.Training;

namespace Saltus.Tests.Training;

public sealed class SweepTrainingTests : IDisposable
{
    private readonly SmallSweep _sweep = new();

    public void Dispose() => _sweep.Dispose();

    [Fact]
    public void Every_SAE_of_a_sweep_has_the_bytes_of_one_trained_alone()
    {
        _sweep.Train(_sweep["sweep"]);
        Assert.Equal(16, _sweep.Members.Count);
        foreach (SweepMember member in _sweep.Members)
        {
            _sweep.TrainAlone(member, _sweep[member.Name]);
            SmallRun.AssertSame(_sweep[member.Name], _sweep.PathOf(_sweep["sweep"], member));
            Assert.Equal(File.ReadAllText(Path.Combine(_sweep[member.Name], "config.json")), File.ReadAllText(Path.Combine(_sweep.PathOf(_sweep["sweep"], member), "config.json")));
        }
    }

    [Fact]
    public void A_sweep_that_was_stopped_goes_on_to_the_same_bytes()
    {
        _sweep.Train(_sweep["whole"]);
        Assert.Empty(_sweep.Train(_sweep["stopped"], stopAfter: 300));
        List<string> notes = _sweep.Train(_sweep["stopped"], stopAfter: 500);
        Assert.Equal(_sweep.Members.Count, notes.Count(note => note.Contains("going on from step 1", StringComparison.Ordinal)));
        _sweep.Train(_sweep["stopped"]);
        AssertSame(_sweep["whole"], _sweep["stopped"]);
    }

    [Fact]
    public void SAEs_that_a_kill_left_at_different_places_wait_for_one_another()
    {
        _sweep.Train(_sweep["whole"]);

        // As kills between the checkpoints of one moment, and between the ends of two SAEs, leave them.
        string early = _sweep["early"];
        string late = _sweep["late"];
        string killed = _sweep["killed"];
        _sweep.Train(early, stopAfter: 16 * 10);
        _sweep.Train(late, stopAfter: 16 * 40);
        SmallRun.Copy(late, killed);
        SweepMember[] members = [.. _sweep.Members];
        Replace(members[1], early);
        Replace(members[6], early);
        Replace(members[9], _sweep["whole"]);
        Directory.Delete(_sweep.PathOf(killed, members[3]), recursive: true);
        List<string> notes = _sweep.Train(killed, stopAfter: 200);
        Assert.Contains(notes, note => note.Contains($"{members[1].Name}: going on from step 10", StringComparison.Ordinal));
        Assert.Contains(notes, note => note.Contains($"{members[0].Name}: going on from step 40", StringComparison.Ordinal));
        _sweep.Train(killed);
        AssertSame(_sweep["whole"], killed);

        void Replace(SweepMember member, string from)
        {
            Directory.Delete(_sweep.PathOf(killed, member), recursive: true);
            SmallRun.Copy(_sweep.PathOf(from, member), _sweep.PathOf(killed, member));
        }
    }

    [Fact]
    public void Copies_at_any_step_go_on_to_the_same_bytes()
    {
        List<string> copies = [];
        _sweep.Train(_sweep["whole"], onStep: step =>
        {
            if (step % 177 == 0)
            {
                copies.Add(_sweep[$"copy {step}"]);
                SmallRun.Copy(_sweep["whole"], copies[^1]);
            }
        });
        Assert.Equal(16 * SmallRun.Steps / 177, copies.Count);
        foreach (string copy in copies)
        {
            _sweep.Train(copy);
            AssertSame(_sweep["whole"], copy);
        }
    }

    [Fact]
    public void Groups_that_fit_a_limit_of_memory_come_to_the_same_bytes()
    {
        RunConfiguration one = _sweep.Members[0].Configuration;
        long shared = RunSize.SharedBytes(one, 12);
        long own = RunSize.MemoryBytes(one, 12) - shared;
        long memory = shared + (3 * own);
        Assert.All(SweepPlan.Groups(_sweep.Members, 12, memory), group => Assert.InRange(group.Sum(member => RunSize.MemoryBytes(member.Configuration, 12) - shared) + shared, 0, memory));
        Assert.Equal(_sweep.Members, SweepPlan.Groups(_sweep.Members, 12, memory).SelectMany(group => group));
        Assert.InRange(SweepPlan.Groups(_sweep.Members, 12, memory).Count, 6, 16);
        Assert.Single(SweepPlan.Groups(_sweep.Members, 12, long.MaxValue));
        Assert.Contains("--memory", Assert.Throws<InputException>(() => SweepPlan.Groups(_sweep.Members, 12, shared)).Message, StringComparison.Ordinal);
        _sweep.Train(_sweep["whole"]);
        _sweep.Train(_sweep["groups"], stopAfter: 1000, memory: memory);
        _sweep.Train(_sweep["groups"], memory: memory);
        AssertSame(_sweep["whole"], _sweep["groups"]);
    }

    [Fact]
    public void Another_declaration_is_refused_by_the_name_of_what_differs()
    {
        _sweep.Train(_sweep["sweep"], stopAfter: 20);
        using SmallSweep other = new() { Sweep = _sweep.Sweep with { L0 = [3, 6] } };
        CheckpointException refused = Assert.Throws<CheckpointException>(() => other.Train(_sweep["sweep"]));
        Assert.Equal(CheckpointError.OtherConfiguration, refused.Error);
        Assert.Contains("l0: expected [3,5]", refused.Message, StringComparison.Ordinal);
        Assert.Contains("found [3,6]", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_sweep_that_cannot_begin_leaves_nothing()
    {
        using SmallSweep impossible = new() { Sweep = _sweep.Sweep with { Tokens = 40, Methods = ["topk"] } };
        Assert.Throws<InputException>(() => impossible.Train(impossible["sweep"], memory: 1));
        using SweepFolder folder = SweepFolder.Open(impossible["other"], impossible.Sweep);
        folder.Discard();
        Assert.False(Directory.Exists(impossible["other"]));
    }

    private void AssertSame(string expected, string actual)
    {
        foreach (SweepMember member in _sweep.Members)
        {
            SmallRun.AssertSame(_sweep.PathOf(expected, member), _sweep.PathOf(actual, member));
        }
    }
}
