using Saltus.Autoencoders;
using Saltus.Kernels;

namespace Saltus.Formats;

/// <summary>
/// Writes an SAE in another tool's format. What the format cannot express is refused with the reason; what was written is read back and compared with the
/// original on a probe batch before the folder appears. Equal content gives equal bytes.
/// </summary>
public static class SaeWriter
{
    private static readonly SaeTarget[] s_targets = [new SaeLensTarget(), new GemmaScopeTarget(), new DictionaryLearningTarget(), new SparsifyTarget()];

    /// <summary>Gets the names of the formats that are written.</summary>
    public static IReadOnlyList<string> Formats { get; } = [.. s_targets.Select(target => target.Name)];

    /// <summary>Writes a folder.</summary>
    /// <param name="team">Threads, for the comparison.</param>
    /// <param name="folder">A new or empty folder, or one with nothing but files that are replaced.</param>
    /// <param name="loaded">The SAE as it was read.</param>
    /// <param name="format">One of <see cref="Formats"/>.</param>
    /// <param name="dtype">F32, F16 or BF16: what the weights are rounded to.</param>
    /// <returns>What was folded or left out, a line each, and how far the two are apart.</returns>
    /// <exception cref="SaeFormatException">The format cannot express the SAE, or not with these numbers.</exception>
    /// <exception cref="InputException">The file system refused.</exception>
    /// <exception cref="ArgumentException">There is no such format or type.</exception>
    public static IReadOnlyList<string> Write(WorkTeam team, string folder, LoadedSae loaded, string format, TensorDtype dtype = TensorDtype.F32)
    {
        SaeTarget target = Array.Find(s_targets, target => target.Name == format)
            ?? throw new ArgumentException($"expected one of {string.Join(", ", Formats)}, got '{format}'", nameof(format));
        if (dtype is not (TensorDtype.F32 or TensorDtype.F16 or TensorDtype.BF16))
        {
            throw new ArgumentException($"weights are not written as {dtype.Name()}", nameof(dtype));
        }

        if (loaded.Sae is not SparseAutoencoder && !target.HoldsOthers)
        {
            string kind = loaded.Sae is TemporalAutoencoder ? "temporal SAE" : loaded.Sae is MatchingPursuitAutoencoder ? "matching pursuit" : loaded.Sae.GetType().Name;
            throw target.CannotHold($"a {kind}: it is not one product and one rule for its latents");
        }

        SaeWriting writing = new(loaded, dtype);
        target.Check(writing);
        AtomicFolder.Write(folder, inside =>
        {
            target.Write(inside, writing);
            writing.Notes.Add(Compare(team, inside, target, loaded.Sae, dtype));
        });
        return writing.Notes;
    }

    private static string Compare(WorkTeam team, string folder, SaeTarget target, SparseCoder original, TensorDtype dtype)
    {
        LoadedSae written;
        try
        {
            written = SaeReader.Read(folder, target.Hints);
        }
        catch (SaeFormatException exception)
        {
            throw target.CannotHold($"these numbers as {dtype.Name()}: {exception.Message.Replace(folder, "DST", StringComparison.Ordinal)}");
        }

        using SparseCoder again = written.Sae;
        return SaeProbe.Compare(team, original, again, dtype) is { } result
            ? result.Note
            : throw target.CannotHold($"this SAE as {dtype.Name()}: what was written encodes a probe batch to other latents");
    }
}
