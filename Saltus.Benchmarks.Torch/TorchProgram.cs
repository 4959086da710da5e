using Saltus.Cli;
using Saltus.Cli.Bench;
using Saltus.Kernels;
using TorchSharp;

namespace Saltus.Benchmarks.Torch;

/// <summary>PyTorch's kernels and the training steps of other tools beside ours, in the tables of <c>saltus bench</c>.</summary>
internal static class TorchProgram
{
    private const string Usage = "usage: Saltus.Benchmarks.Torch [--quick] [--only check|product|sparsify|topk|batchtopk|jumprelu]... [--out FILE.md] [--json]";

    /// <summary>Runs a command line.</summary>
    /// <param name="arguments">Without the program's name.</param>
    /// <returns>0 done, 1 a peer's step is not what the peer does, 2 wrong use.</returns>
    public static int Run(string[] arguments)
    {
        using Interruption interruption = new();
        interruption.ExitAtOnce();
        ToolContext context = new(Console.Out, Console.Error, interruption, TimeProvider.System);
        try
        {
            TorchOptions options = TorchOptions.Parse(arguments, [TorchOptions.Check, .. PeerGroups.All.Select(group => group.Name)])
                ?? throw new InputException(Usage);
            context.IsJson = options.IsJson;
            return Run(context, options);
        }
        catch (Exception exception)
        {
            return ErrorFunnel.Report(exception, context);
        }
    }

    private static int Run(ToolContext context, TorchOptions options)
    {
        using WorkTeam team = new(Environment.ProcessorCount);
        torch.set_num_threads(team.Threads);
        if (options.Includes(TorchOptions.Check) && !PeerCheck.Run(context.Error))
        {
            return ExitCode.CheckFailed;
        }

        BenchGroup[] groups = [.. PeerGroups.All.Where(group => options.Includes(group.Name))];
        if (groups.Length > 0)
        {
            BenchSettings settings = new(team, context.Time, options.IsQuick, model: null);
            new BenchJob(context, team, settings, BenchSettings.LeastRepeats).Run(options.Command, groups, options.Output);
        }

        return ExitCode.Done;
    }
}
