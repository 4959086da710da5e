using Saltus.Formats;
using Saltus.Training;

namespace Saltus.Tests.Training;

/// <summary>One bit is flipped in a file of a run: the run refuses in a line that names the file, or comes to the same bits; never to others.</summary>
[Trait("once", "yes")]
public sealed class DamageTests : IDisposable
{
    private readonly SmallRun _run = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public void Settings_with_a_flipped_bit_anywhere_are_refused_with_and_without_a_checkpoint()
    {
        _run.Train(_run["run"], stopAfter: 10);
        int tried = 0;
        foreach (string name in new[] { RunFolder.ConfigurationName, RunFolder.ConfigurationChecksumName })
        {
            string path = Path.Combine(_run["run"], name);
            byte[] good = File.ReadAllBytes(path);

            // The line feed at the checksum's end says nothing.
            for (int at = 0; at < good.Length - 1; at++, tried++)
            {
                File.WriteAllBytes(path, Flipped(good, at, at % 8));
                CheckpointException exception = Assert.Throws<CheckpointException>(() => RunFolder.ReadConfiguration(_run["run"]));
                Assert.Equal(CheckpointError.DamagedConfiguration, exception.Error);
                Assert.Contains(Path.Combine(_run["run"], RunFolder.ConfigurationName), exception.Message, StringComparison.Ordinal);
                Assert.DoesNotContain('\n', exception.Message);
            }

            Assert.Throws<CheckpointException>(() => RunFolder.Open(_run["run"], SmallRun.Configuration(Recipe.Default), _run.Inputs));
            File.WriteAllBytes(path, good);
        }

        Assert.True(tried > 300, $"only {tried} bytes");
        Assert.Null(RunConfigurationJson.FirstDifference(SmallRun.Configuration(Recipe.Default), RunFolder.ReadConfiguration(_run["run"])));
    }

    [Fact]
    public void The_declaration_of_a_sweep_with_a_flipped_bit_anywhere_is_refused()
    {
        using SmallSweep sweep = new();
        using (SweepFolder.Open(sweep["sweep"], sweep.Sweep))
        {
        }

        string path = Path.Combine(sweep["sweep"], SweepFolder.ConfigurationName);
        byte[] good = File.ReadAllBytes(path);
        Assert.InRange(good.Length, 200, 10_000);
        for (int at = 0; at < good.Length; at++)
        {
            File.WriteAllBytes(path, Flipped(good, at, at % 8));
            CheckpointException exception = Assert.Throws<CheckpointException>(() => SweepFolder.ReadConfiguration(sweep["sweep"]));
            Assert.Equal(CheckpointError.DamagedConfiguration, exception.Error);
            Assert.Contains(path, exception.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', exception.Message);
        }

        Assert.Throws<CheckpointException>(() => SweepFolder.Open(sweep["sweep"], sweep.Sweep));
        File.WriteAllBytes(path, good);
        SweepFolder.Open(sweep["sweep"], sweep.Sweep).Dispose();
    }

    [Fact]
    public void A_flipped_bit_in_any_file_of_an_interrupted_run_is_named_or_changes_no_bit()
    {
        _run.Train(_run["whole"]);
        _run.Train(_run["stopped"], stopAfter: 30, everySteps: 7);
        string[] names = [.. Directory.EnumerateFiles(_run["stopped"], "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(_run["stopped"], path)).Where(name => name != FolderLock.FileName).Order(StringComparer.Ordinal)];
        Assert.Equal(6, names.Length);
        int refused = 0;
        int same = 0;
        foreach (string name in names)
        {
            byte[] good = File.ReadAllBytes(Path.Combine(_run["stopped"], name));
            foreach (int at in OneOfEachClass(good))
            {
                string run = _run[$"damaged {refused + same}"];
                SmallRun.Copy(_run["stopped"], run);
                File.WriteAllBytes(Path.Combine(run, name), Flipped(good, at, at % 8));
                try
                {
                    // As the tool goes on with a run that is named alone: by what its folder says.
                    _ = RunFolder.ReadConfiguration(run);
                    _run.Train(run);
                    SmallRun.AssertSame(_run["whole"], run);
                    same++;
                }
                catch (InputException exception)
                {
                    Assert.Contains(Path.Combine(run, name)[..^name.Length], exception.Message, StringComparison.Ordinal);
                    Assert.Contains(name.Split('.')[0], exception.Message, StringComparison.Ordinal);
                    Assert.DoesNotContain('\n', exception.Message);
                    refused++;
                }

                Directory.Delete(run, recursive: true);
            }
        }

        TestContext.Current.SendDiagnosticMessage($"{refused} flipped bits were refused, {same} changed nothing");
        Assert.True(refused > 5 && same > 5, $"{refused} refused, {same} changed nothing");
    }

    /// <summary>Places in text: a letter, a digit, a mark, white space, the end of a line; in other bytes also those that are no text; and the last one.</summary>
    private static IEnumerable<int> OneOfEachClass(byte[] bytes) =>
        Enumerable.Range(bytes.Length / 3, bytes.Length - (bytes.Length / 3)).Concat(Enumerable.Range(0, bytes.Length / 3)).DistinctBy(at => Class(bytes[at])).Append(bytes.Length - 1).Append(0).Distinct();

    private static int Class(byte value) => value switch
    {
        (byte)'\n' => 0,
        (byte)' ' => 1,
        >= 0x80 or < 0x20 => 2,
        _ when char.IsAsciiDigit((char)value) => 3,
        _ when char.IsAsciiLetter((char)value) => 4,
        (byte)'"' => 5,
        _ => 6,
    };

    private static byte[] Flipped(byte[] bytes, int at, int bit)
    {
        byte[] flipped = [.. bytes];
        flipped[at] ^= (byte)(1 << bit);
        return flipped;
    }
}
