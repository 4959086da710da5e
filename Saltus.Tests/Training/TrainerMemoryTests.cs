using System.Globalization;
using Saltus.Kernels;
using Saltus.Tensors;
using Saltus.Tests.Support;
using Saltus.Training;

namespace Saltus.Tests.Training;

/// <summary>
/// The formula of the trainer's memory against what it holds: unmanaged memory by the count of its one owner, managed memory by the
/// collector's. In a process of its own, for what other tests left is collected any time, and on a thread of its own, whose buffers nobody
/// used before.
/// </summary>
public class TrainerMemoryTests(TrainerMemoryTests.MeasuredAlone process) : IClassFixture<TrainerMemoryTests.MeasuredAlone>
{
    /// <summary>
    /// Lists have between one and two times the room of their entries, the formula takes one and a half: 6 of at least 48 bytes an entry
    /// either way. The spare quarter of an array is one of the batch at which it last grew: up to 6 of 48 bytes less.
    /// </summary>
    private const double Margin = 0.125;

    /// <summary>The team, delegates, records, lists of a few elements.</summary>
    private const long Objects = 96 * 1024;

    private const int Steps = 6;

    public static TheoryData<string> Cases => [.. s_cases.Keys];

    private static readonly Dictionary<string, Case> s_cases = new()
    {
        ["weights dominate"] = new(8192, 128, 256, 2, JumpRelu(0.22f)),
        ["first moments"] = new(4096, 128, 256, 2, JumpRelu(0.22f)) { Options = options => options with { Beta1 = 0.9 } },
        ["the batch dominates"] = new(512, 192, 4096, 1, JumpRelu(0.18f)),
        ["entries dominate"] = new(4096, 32, 2048, 1, JumpRelu(0.35f)),
        ["one thread more"] = new(2048, 256, 512, 3, JumpRelu(0.16f)),
        ["screened"] = new(4096, 256, 1024, 2, JumpRelu(0.16f)) { Screening = ScreenMode.Always },
        ["topk"] = new(4096, 64, 1024, 2, () => new TopKMethod(new TopKOptions { K = 32 })),
        ["batchtopk"] = new(4096, 64, 1024, 2, () => new BatchTopKMethod(new TopKOptions { K = 32 })),
        ["matryoshka"] = new(2048, 128, 1024, 2, () => new BatchTopKMethod(new TopKOptions { K = 16 }))
        {
            Options = options => options with { Prefixes = [new LatentPrefix(256, 1), new LatentPrefix(1024, 1), new LatentPrefix(2048, 1)] },
        },
        ["gated"] = new(2048, 64, 512, 2, () => new GatedMethod(new GatedOptions())) { ForceDense = false },
        ["relu, dense products"] = new(1024, 64, 512, 2, () => new ReluMethod(new ReluOptions())) { ForceDense = true },
        ["transcoder"] = new(2048, 128, 512, 2, JumpRelu(0.22f)) { OutputWidth = 192, HasSkip = true, Options = options => options with { PreEncoderBias = false } },
        ["dead latents"] = new(2048, 128, 512, 2, JumpRelu(0.40f))
        {
            Options = options => options with { Auxiliary = new AuxiliaryOptions { Coefficient = 0.03 }, DeadAfter = 1 },
        },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void What_a_trainer_holds_is_what_the_formula_says(string name)
    {
        string line = Assert.Single(process.Lines, line => line.StartsWith($"{name}:", StringComparison.Ordinal));
        Assert.Contains("; held and formula ", line, StringComparison.Ordinal);
        string[] numbers = line.Split(' ')[^2..];
        (long held, long formula) = (long.Parse(numbers[0], CultureInfo.InvariantCulture), long.Parse(numbers[1], CultureInfo.InvariantCulture));
        TestContext.Current.SendDiagnosticMessage(line);
        Assert.True(held <= (formula * (1 + Margin)) + Objects, line);
        Assert.True(held >= formula * (1 - Margin), line);
    }

    /// <summary>All cases, each on a thread of its own; a test of its own only because a process of its own starts with a test.</summary>
    [Fact]
    public void Cases_can_be_measured()
    {
        string[] lines = [.. s_cases.Select(pair => Line(pair.Key, pair.Value))];
        Assert.Equal(s_cases.Count, lines.Length);
        if (OwnProcess.LinesFile is string file)
        {
            File.WriteAllLines(file, lines);
        }
    }

    private static string Line(string name, Case measured)
    {
        string line = "";
        Thread thread = new(() =>
        {
            try
            {
                (long held, TrainerMemory formula) = measured.Measure();
                line = $"{name}: weights {formula.Weights}, latents {formula.OfLatents}, rows {formula.OfRows}, {formula.Entries} entries {formula.OfEntries}, "
                    + $"threads {formula.OfThreads}, screen {formula.OfScreen}, dense {formula.OfDense}, auxiliary {formula.OfAuxiliary}; "
                    + $"held and formula {held} {formula.Total}";
            }
            catch (Exception exception)
            {
                line = $"{name}: {exception.Message}";
            }
        });
        thread.Start();
        thread.Join();
        return line;
    }

    private static Func<TrainingMethod> JumpRelu(float threshold) =>
        () => new JumpReluMethod(new JumpReluOptions { LogThreshold = false, InitialThreshold = threshold, RelativeBandwidth = 0.2 });

    /// <summary>The lines of <see cref="Cases_can_be_measured"/> in a process of its own.</summary>
    public sealed class MeasuredAlone : IAsyncLifetime
    {
        /// <summary>Gets a line for each case.</summary>
        public string[] Lines { get; private set; } = [];

        /// <inheritdoc/>
        public async ValueTask InitializeAsync()
        {
            if (OwnProcess.LinesFile is null)
            {
                Lines = await OwnProcess.RunAsync(typeof(TrainerMemoryTests), nameof(Cases_can_be_measured));
            }
        }

        /// <inheritdoc/>
        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed record Case(int Latents, int Width, int Batch, int Threads, Func<TrainingMethod> Method)
    {
        public int? OutputWidth { get; init; }

        public bool HasSkip { get; init; }

        public bool? ForceDense { get; init; }

        public ScreenMode Screening { get; init; } = ScreenMode.Never;

        public Func<TrainerOptions, TrainerOptions> Options { get; init; } = options => options;

        public (long Held, TrainerMemory Formula) Measure()
        {
            long before = Held();
            using WorkTeam team = new(Threads);
            using SaeParameters parameters = new(Latents, Width, OutputWidth, HasSkip);
            Initialization.Set(parameters, 1);
            using ActivationBatch batch = new(Batch, parameters.BatchWidth) { Count = Batch };
            Fill(batch);
            TrainerOptions options = Options(new TrainerOptions { LearningRate = 1e-9, ThresholdLearningRate = 1e-9 });
            TrainingMethod method = Method();
            using Trainer trainer = new(team, parameters, method, options) { ForceDense = ForceDense, Screening = Screening };
            TrainingStep last = default;
            for (int step = 0; step < Steps; step++)
            {
                last = trainer.Step(batch);
            }

            long held = Held() - before;
            int dead = options.Auxiliary.Coefficient > 0 ? last.Dead : 0;
            TrainerMemory formula = new()
            {
                Latents = Latents,
                Width = Width,
                OutputWidth = parameters.OutputWidth,
                Batch = Batch,
                Threads = Threads,
                Entries = (long)(last.Candidates * Batch),
                HasTarget = parameters.HasTarget,
                HasSkip = HasSkip,
                KeepsFirst = options.Beta1 > 0,
                Levels = Math.Max(1, options.Prefixes.Count),
                HasSecond = method.SecondCode != SecondCode.None,
                RanksBatch = method is BatchTopKMethod,
                Screens = Screening == ScreenMode.Always,
                IsDense = ForceDense == true,
                Dead = dead,
                AuxiliaryEntries = (long)Math.Min(dead, parameters.OutputWidth / 2) * Batch,
            };
            return (held, formula);
        }

        private static void Fill(ActivationBatch batch)
        {
            RandomSource random = new(1, "data");
            float range = MathF.Sqrt(3f / batch.Vectors.Columns);
            foreach (ref float value in batch.Vectors.Span)
            {
                value = (float)((2 * random.NextDouble()) - 1) * range;
            }
        }

        /// <summary>What is held when everything that nobody reaches is gone.</summary>
        private static long Held()
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return GC.GetTotalMemory(forceFullCollection: true) + UnmanagedMemory.Live;
        }
    }
}
