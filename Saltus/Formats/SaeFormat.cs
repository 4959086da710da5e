namespace Saltus.Formats;

/// <summary>One way in which a tool keeps SAEs: how it is known, and how it is read. One class a format; <see cref="SaeReader"/> lists them.</summary>
internal abstract class SaeFormat
{
    /// <summary>The name that `info` shows and metadata keep, such as "saelens".</summary>
    public abstract string Name { get; }

    /// <summary>The names that SAELens gives to loaders of it; none where it has no loader.</summary>
    public virtual IReadOnlyList<string> Loaders => [];

    /// <summary>What a folder or file of this format has, in a few words.</summary>
    public abstract string LooksFor { get; }

    /// <summary>Whether what is there is of this format. Looks at names and small files only; no exception.</summary>
    public abstract bool Recognizes(SaePlace place);

    /// <summary>Reads it.</summary>
    /// <exception cref="InputException">It cannot be read.</exception>
    public abstract LoadedSae Read(SaePlace place);
}
