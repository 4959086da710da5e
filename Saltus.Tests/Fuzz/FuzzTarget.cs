namespace Saltus.Tests.Fuzz;

/// <summary>One reader: a row of <see cref="FuzzTargets"/>.</summary>
internal sealed record FuzzTarget
{
    /// <summary>Gets a name without blanks, which is also the folder of its crashes.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the name of the file that the reader is given.</summary>
    public required string FileName { get; init; }

    /// <summary>Gets whether it is text of JSON's kind, which has mutations of its own and needs fewer.</summary>
    public bool IsText { get; init; }

    /// <summary>Gets sound files of at most 16 KiB, by which mutation begins.</summary>
    public required Func<IReadOnlyList<byte[]>> Seeds { get; init; }

    /// <summary>Gets the reading: everything that a command would read of the file at this path.</summary>
    public required Action<string> Read { get; init; }

    /// <summary>Gets what must lie beside the file; null for nothing.</summary>
    public Action<string>? Prepare { get; init; }

    /// <summary>Gets how a checksum is made right again, so that mutations get past it; null where there is none.</summary>
    public Func<byte[], byte[]>? Repair { get; init; }

    /// <summary>Gets what any reading may take, however small the file: buffers of streams, hashes and inflation.</summary>
    public long FreeBytes { get; init; } = 256 << 10;

    /// <summary>Gets how many bytes a byte of input may make the reader take, beside <see cref="FreeBytes"/>.</summary>
    public int MemoryMultiple { get; init; } = 64;

    public override string ToString() => Name;
}
