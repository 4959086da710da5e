using Saltus.Formats;
using Saltus.Training;

namespace Saltus.Tests.Training;

public sealed class CheckpointTests : IDisposable
{
    private readonly SmallRun _run = new();

    public void Dispose() => _run.Dispose();

    public static TheoryData<string, string?> Runs
    {
        get
        {
            TheoryData<string, string?> runs = new() { { Recipe.Paper, null }, { "saelens-topk", null }, { "dictionary-learning-batchtopk", null } };
            foreach (string method in MethodNames.All)
            {
                runs.Add(Recipe.Default, method);
            }

            return runs;
        }
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void A_run_stopped_again_and_again_has_the_bytes_of_one_left_alone(string recipe, string? method)
    {
        _run.Train(_run["whole"], recipe, threads: 1, method: method);
        int threads = 1;
        foreach (int step in new[] { 0, 9, 10, 38, 39, 40, 41, 78 })
        {
            _run.Train(_run["stopped"], recipe, step, threads: threads++ % 3 + 1, method: method);
        }

        Assert.Equal([$"{_run["stopped"]}: going on from step 79"], _run.Train(_run["stopped"], recipe, method: method));
        SmallRun.AssertSame(_run["whole"], _run["stopped"]);
    }

    [Fact]
    public void A_run_that_was_killed_has_the_bytes_of_one_left_alone()
    {
        _run.Train(_run["whole"], everySteps: 7, onStep: step =>
        {
            if (step is 0 or 3 or 7 or 20 or 55)
            {
                SmallRun.Copy(_run["whole"], _run[$"killed{step}"]);
                File.WriteAllText(Path.Combine(_run[$"killed{step}"], ".saltus-1-1.part"), "half");
            }
        });
        foreach (int step in new[] { 0, 3, 7, 20, 55 })
        {
            _run.Train(_run[$"killed{step}"], everySteps: 9);
            SmallRun.AssertSame(_run["whole"], _run[$"killed{step}"]);
            Assert.Empty(Directory.EnumerateFileSystemEntries(_run[$"killed{step}"], ".saltus-*"));
        }
    }

    [Fact]
    public void The_newest_two_checkpoints_are_kept()
    {
        _run.Train(_run["run"], everySteps: 7);
        Assert.Equal(["step-0000000070.safetensors", "step-0000000077.safetensors"], Names("run"));
    }

    [Fact]
    public void Damage_is_named_and_the_checkpoint_before_is_used()
    {
        _run.Train(_run["whole"]);
        _run.Train(_run["stopped"], stopAfter: 30, everySteps: 7);
        string newest = Path.Combine("checkpoints", "step-0000000031.safetensors");
        byte[] good = File.ReadAllBytes(Path.Combine(_run["stopped"], newest));
        List<byte[]> bad = [[], good[..15], good[..16], good[..^1], good[..(good.Length / 2)], [.. good, 0]];
        for (int at = 0; at < good.Length; at += 1 + (good.Length / 25))
        {
            byte[] flipped = [.. good];
            flipped[at] ^= 0x10;
            bad.Add(flipped);
        }

        for (int i = 0; i < bad.Count; i++)
        {
            string run = _run[$"damaged{i}"];
            SmallRun.Copy(_run["stopped"], run);
            File.WriteAllBytes(Path.Combine(run, newest), bad[i]);
            using RunFolder folder = RunFolder.Open(run, SmallRun.Configuration(Recipe.Default), _run.Inputs);
            Assert.Contains(newest, folder.Notes[0], StringComparison.Ordinal);
            Assert.Equal($"{run}: going on from step 28", folder.Notes[1]);
            Assert.False(File.Exists(Path.Combine(run, newest)));
        }

        _run.Train(_run["damaged0"]);
        SmallRun.AssertSame(_run["whole"], _run["damaged0"]);
    }

    [Fact]
    public void A_damaged_log_is_named_and_never_gone_on_with()
    {
        _run.Train(_run["stopped"], stopAfter: 30, everySteps: 9);
        string metrics = Path.Combine(_run["stopped"], RunFolder.MetricsName);
        byte[] good = File.ReadAllBytes(metrics);
        int lastLine = good.AsSpan(0, good.Length - 1).LastIndexOf((byte)'\n') + 1;
        foreach (byte[] bad in new[] { good[..^1], Flipped(good, lastLine + 9) })
        {
            string run = _run[$"late{bad.Length}"];
            SmallRun.Copy(_run["stopped"], run);
            File.WriteAllBytes(Path.Combine(run, RunFolder.MetricsName), bad);
            using RunFolder folder = RunFolder.Open(run, SmallRun.Configuration(Recipe.Default), _run.Inputs);
            Assert.Contains(RunFolder.MetricsName, folder.Notes[0], StringComparison.Ordinal);
            Assert.Equal($"{run}: going on from step 27", folder.Notes[1]);
            Assert.Equal(lastLine, new FileInfo(Path.Combine(run, RunFolder.MetricsName)).Length);
        }

        File.WriteAllBytes(metrics, Flipped(good, 9));
        CheckpointException none = Refused("stopped", SmallRun.Configuration(Recipe.Default));
        Assert.Equal(CheckpointError.Damaged, none.Error);
        Assert.Contains(RunFolder.MetricsName, none.Message, StringComparison.Ordinal);
        Assert.Contains("remove", none.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_log_of_a_finished_run_is_compared_with_its_checksum()
    {
        _run.Train(_run["run"]);
        RunFolder.CheckSealed(_run["run"]);
        string metrics = Path.Combine(_run["run"], RunFolder.MetricsName);
        byte[] good = File.ReadAllBytes(metrics);
        foreach (byte[] bad in new[] { good[..^1], [.. good, .. good[..40]], Flipped(good, good.Length / 2) })
        {
            File.WriteAllBytes(metrics, bad);
            CheckpointException exception = Assert.Throws<CheckpointException>(() => RunFolder.CheckSealed(_run["run"]));
            Assert.Equal(CheckpointError.DamagedLog, exception.Error);
            Assert.Contains(metrics, exception.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_finished_run_is_opened_for_the_work_after_it_without_a_cut()
    {
        _run.Train(_run["run"], everySteps: 7);
        byte[] log = File.ReadAllBytes(Path.Combine(_run["run"], RunFolder.MetricsName));
        using (RunFolder.OpenFinished(_run["run"], SmallRun.Configuration(Recipe.Default)))
        {
            Assert.Equal(log, File.ReadAllBytes(Path.Combine(_run["run"], RunFolder.MetricsName)));
            Assert.Throws<InputException>(() => RunFolder.OpenFinished(_run["run"], SmallRun.Configuration(Recipe.Default)));
        }

        Assert.Throws<CheckpointException>(() => RunFolder.OpenFinished(_run["run"], SmallRun.Configuration(Recipe.Default) with { Seed = 6 }));
    }

    [Fact]
    public void Other_settings_inputs_and_versions_are_refused_by_name()
    {
        _run.Train(_run["run"], stopAfter: 10);
        RunConfiguration same = SmallRun.Configuration(Recipe.Default);
        CheckpointException settings = Refused("run", same with { Seed = 6 });
        Assert.Equal(CheckpointError.OtherConfiguration, settings.Error);
        Assert.Contains("seed: expected 5", settings.Message, StringComparison.Ordinal);
        string seal = Path.Combine(_run["run"], RunFolder.ConfigurationChecksumName);
        string begun = File.ReadAllText(seal);
        File.Delete(seal);
        File.WriteAllText(Path.Combine(_run["run"], RunFolder.ConfigurationName), RunConfigurationJson.Write(same with { Width = 41 }));
        Assert.Contains("width: expected 40", Refused("run", same with { Width = 41 }).Message, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(_run["run"], RunFolder.ConfigurationName), RunConfigurationJson.Write(same));
        File.WriteAllText(seal, begun);
        _run.Inputs["activations"] = "4567";
        CheckpointException inputs = Refused("run", same);
        Assert.Equal(CheckpointError.OtherInput, inputs.Error);
        Assert.Contains("activations: expected the checksum 0123", inputs.Message, StringComparison.Ordinal);
        CheckpointRecord record = Record() with { Program = "0.0.1" };
        CheckpointException version = Assert.Throws<CheckpointException>(() => record.Check("run", same, record.Inputs));
        Assert.Equal(CheckpointError.OtherVersion, version.Error);
        Assert.Contains("0.0.1", version.Message, StringComparison.Ordinal);
        Assert.Equal(["step-0000000011.safetensors"], Names("run"));
    }

    [Fact]
    public void A_second_process_is_kept_out_and_a_finished_run_is_left_alone()
    {
        RunConfiguration configuration = SmallRun.Configuration(Recipe.Default);
        using (RunFolder.Open(_run["run"], configuration))
        {
            InputException held = Assert.Throws<InputException>(() => RunFolder.Open(_run["run"], configuration));
            Assert.Contains("no other process", held.Message, StringComparison.Ordinal);
        }

        _run.Train(_run["run"]);
        Assert.Contains("trained SAE", Assert.Throws<InputException>(() => RunFolder.Open(_run["run"], configuration)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tensor_too_many_too_few_or_of_another_shape_is_refused()
    {
        float[] values = [1, 2, 3];
        long[] counts = [4];
        TrainingState state = new();
        state.Add("a", values);
        state.Add("b", counts);
        CheckpointRecord record = new()
        {
            Step = 1,
            Tokens = 2,
            Seconds = 3,
            MetricsBytes = 0,
            MetricsChecksum = string.Empty,
            TimingsBytes = 0,
            Configuration = SmallRun.Configuration(Recipe.Default),
            Inputs = _run.Inputs,
        };
        CheckpointFile.Write(_run["state"], record.ToJson(), state);
        (values[1], counts[0]) = (0, 0);
        (SafetensorsFile file, string text) = CheckpointFile.Open(_run["state"]);
        CheckpointRecord read = CheckpointRecord.Parse(text, _run["state"]);
        using (file)
        {
            Assert.Equal((1, 2, 3), (read.Step, read.Tokens, read.Seconds));
            Assert.Null(RunConfigurationJson.FirstDifference(record.Configuration, read.Configuration));
            state.ReadFrom(file);
            Assert.Equal((2, 4), (values[1], counts[0]));
            TrainingState fewer = new();
            fewer.Add("a", values);
            Assert.Contains("'b'", Assert.Throws<CheckpointException>(() => fewer.ReadFrom(file)).Message, StringComparison.Ordinal);
            TrainingState other = new();
            other.Add("a", new float[4]);
            other.Add("b", counts);
            Assert.Contains("'a'", Assert.Throws<SafetensorsFormatException>(() => other.ReadFrom(file)).Message, StringComparison.Ordinal);
            TrainingState kind = new();
            kind.Add("a", new int[3]);
            kind.Add("b", counts);
            Assert.Contains("expected I32", Assert.Throws<CheckpointException>(() => kind.ReadFrom(file)).Message, StringComparison.Ordinal);
        }
    }

    private static byte[] Flipped(byte[] bytes, int at)
    {
        byte[] flipped = [.. bytes];
        flipped[at] ^= 1;
        return flipped;
    }

    private string[] Names(string run) =>
        [.. Directory.EnumerateFiles(Path.Combine(_run[run], "checkpoints")).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

    private CheckpointRecord Record()
    {
        string path = Path.Combine(_run["run"], "checkpoints", "step-0000000011.safetensors");
        (SafetensorsFile file, string text) = CheckpointFile.Open(path);
        file.Dispose();
        return CheckpointRecord.Parse(text, path);
    }

    private CheckpointException Refused(string run, RunConfiguration configuration) =>
        Assert.Throws<CheckpointException>(() => RunFolder.Open(_run[run], configuration, _run.Inputs));
}
