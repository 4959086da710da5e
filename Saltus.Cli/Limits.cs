using System.Globalization;
using Saltus.Formats;

namespace Saltus.Cli;

/// <summary>Looks at disk and memory before long work begins, so that it does not end for want of them in the middle.</summary>
internal static class Limits
{
    /// <summary>The environment variable that switches both looks off, for file systems that compress and machines that swap.</summary>
    public const string IgnoreVariable = "SALTUS_IGNORE_LIMITS";

    private const long ReportBase = 1 << 20;
    private const long ReportBytesOfLatent = 8 << 10;
    private const long NeuronpediaBytesOfLatent = 240_000;
    private const long SaeBenchBytesOfLatent = 512;
    private const long EvaluationBase = 64 << 10;
    private const long EvaluationBytesOfLatent = 16;
    private const long EvaluationBytesOfColumn = 32;
    private const long EvaluationBytesOfDocument = 16 * sizeof(double);

    private static bool IsIgnored => Environment.GetEnvironmentVariable(IgnoreVariable) == "1";

    /// <summary>Refuses work whose result has no room.</summary>
    /// <param name="option">The option that names the result.</param>
    /// <param name="path">Where it goes; what an interrupted run left in such a folder, or the file that gives way to this one, counts as room.</param>
    /// <param name="bytes">What it takes, about.</param>
    /// <exception cref="InputException">Less is free.</exception>
    public static void CheckDisk(string option, string path, long bytes)
    {
        if (IsIgnored || DiskSpace.Free(path) is not long free)
        {
            return;
        }

        long there = Directory.Exists(path) ? new DirectoryInfo(path).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length)
            : File.Exists(path) ? new FileInfo(path).Length : 0;
        if (free + there < bytes)
        {
            throw new InputException(
                $"{option} {path}: expected {Size(bytes)} free on the disk for what is written, found {Size(free + there)}; make room, choose another disk, or set {IgnoreVariable}=1");
        }
    }

    /// <summary>Gets the bytes of a report, about: page, scripts, and what is shown of each latent.</summary>
    /// <param name="latents">M.</param>
    /// <returns>Bytes.</returns>
    public static long ReportBytes(int latents) => ReportBase + (latents * ReportBytesOfLatent);

    /// <summary>Gets the bytes of an evaluation, about: its sums while an older file of them is there, and its result.</summary>
    /// <param name="latents">M.</param>
    /// <param name="width">d.</param>
    /// <param name="documents">Documents of the text.</param>
    /// <returns>Bytes.</returns>
    public static long EvaluationBytes(int latents, int width, int documents) =>
        EvaluationBase + (2 * ((latents * EvaluationBytesOfLatent) + (width * EvaluationBytesOfColumn) + (documents * EvaluationBytesOfDocument)));

    /// <summary>Gets the bytes of a folder for Neuronpedia, about, where every latent is active: contexts with numbers, in batches and uploads.</summary>
    /// <param name="latents">M.</param>
    /// <returns>Bytes.</returns>
    public static long NeuronpediaBytes(int latents) => ReportBase + (latents * NeuronpediaBytesOfLatent);

    /// <summary>Gets the bytes of a core result file of SAEBench, about: eight numbers of each latent.</summary>
    /// <param name="latents">M.</param>
    /// <returns>Bytes.</returns>
    public static long SaeBenchBytes(int latents) => EvaluationBase + (latents * SaeBenchBytesOfLatent);

    /// <summary>Refuses training that the machine's memory cannot hold.</summary>
    /// <param name="bytes">What it takes at least.</param>
    /// <exception cref="InputException">The machine, or what this process may use of it, has less.</exception>
    public static void CheckMemory(long bytes)
    {
        long most = Memory();
        if (!IsIgnored && bytes > most)
        {
            throw new InputException(
                $"--width: expected a run that fits the memory of {Size(most)}, found one of {Size(bytes)}; ask for a smaller --width or --batch, or set {IgnoreVariable}=1");
        }
    }

    /// <summary>Gets the memory that this process may use.</summary>
    /// <returns>Bytes.</returns>
    public static long Memory() => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    private static string Size(long bytes)
    {
        string[] units = ["bytes", "kB", "MB", "GB", "TB", "PB"];
        double value = bytes;
        int unit = 0;
        for (; value >= 1000 && unit < units.Length - 1; unit++)
        {
            value /= 1000;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{value:0.#} {units[unit]}");
    }
}
