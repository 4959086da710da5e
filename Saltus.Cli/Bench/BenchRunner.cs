namespace Saltus.Cli.Bench;

/// <summary>
/// Times a case and its floor in turns — floor, case, floor, case, …, floor — so that whatever else the machine does hits both: a ratio is
/// taken of each run and the mean of the floor's runs just before and after it, and the median of the ratios counts.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="repeats">Timed runs of a case.</param>
internal sealed class BenchRunner(TimeProvider time, int repeats)
{
    private const int WarmRuns = 2;

    /// <summary>Until hot loops are compiled in full; runs longer than this are warm after <see cref="WarmRuns"/>.</summary>
    private static readonly TimeSpan s_warmUp = TimeSpan.FromMilliseconds(400);

    /// <summary>Measures.</summary>
    /// <param name="pair">A case and its floor.</param>
    /// <returns>Medians.</returns>
    public BenchRow Measure(BenchPair pair)
    {
        (BenchCase measured, BenchCase? floor) = pair;
        Warm(measured);
        double[] seconds = new double[repeats];
        double[] allocated = new double[repeats];
        double[] floorSeconds = new double[floor is null ? 0 : repeats + 1];
        double[] ratios = new double[floor is null ? 0 : repeats];
        if (floor is not null)
        {
            Warm(floor);
            floorSeconds[0] = Seconds(floor);
        }

        for (int i = 0; i < repeats; i++)
        {
            (seconds[i], allocated[i]) = SecondsAndBytes(measured);
            if (floor is not null)
            {
                floorSeconds[i + 1] = Seconds(floor);
                ratios[i] = seconds[i] / measured.Work.Amount / ((floorSeconds[i] + floorSeconds[i + 1]) / 2 / floor.Work.Amount);
            }
        }

        return new BenchRow
        {
            Name = measured.Name,
            What = measured.What,
            Work = measured.Work,
            Tokens = measured.Tokens,
            Seconds = BenchQuartiles.Of(seconds),
            AllocatedBytes = (long)BenchQuartiles.Of(allocated).Median,
            Floor = floor?.Name,
            FloorSeconds = floor is null ? null : BenchQuartiles.Of(floorSeconds),
            Ratio = floor is null ? null : BenchQuartiles.Of(ratios),
            Note = measured.Note?.Invoke(),
        };
    }

    private void Warm(BenchCase warmed)
    {
        long start = time.GetTimestamp();
        int runs = 0;
        do
        {
            warmed.Prepare?.Invoke();
            warmed.Run();
            runs++;
        }
        while (runs < WarmRuns || time.GetElapsedTime(start) < s_warmUp);
    }

    private double Seconds(BenchCase timed)
    {
        timed.Prepare?.Invoke();
        long start = time.GetTimestamp();
        timed.Run();
        return time.GetElapsedTime(start).TotalSeconds;
    }

    private (double Seconds, double Bytes) SecondsAndBytes(BenchCase timed)
    {
        timed.Prepare?.Invoke();
        long before = GC.GetTotalAllocatedBytes(precise: true);
        long start = time.GetTimestamp();
        timed.Run();
        return (time.GetElapsedTime(start).TotalSeconds, GC.GetTotalAllocatedBytes(precise: true) - before);
    }
}
