using Saltus.Kernels;

namespace Saltus.Training;

/// <summary>
/// The bytes that a trainer and its batch hold in the steady state, by part; docs/engine.md has the same as one formula, and a test holds it
/// against what is really held. Lists hold between one and two times their entries, other arrays a quarter more than they last needed.
/// </summary>
internal sealed record TrainerMemory
{
    /// <summary>A kernel's list: 12 bytes an entry, twice the room each time it is full, so one and a half times on average.</summary>
    private const long ListBytes = 18;

    /// <summary>Compressed rows, index by latent: two numbers an entry each; activation and gradient: one. All with a quarter of spare room.</summary>
    private const long EntryBytes = 30;

    /// <summary>One number an entry with its spare room.</summary>
    private const long NumberBytes = 5;

    /// <summary>Floor, silence, counts, index, gradients and the method's own numbers of a latent, and what a chunk of 24 shares.</summary>
    private const long LatentBytes = 84;

    /// <summary>Losses, weights, norms, origins, counts and cuts of a row.</summary>
    private const long RowBytes = 76;

    /// <summary>Lists of an encoding on a thread, and the room that each begins with.</summary>
    private const long ListsOfThread = 12;
    private const long ListStart = 1024 * 12;

    /// <summary>Gets M.</summary>
    public required int Latents { get; init; }

    /// <summary>Gets d.</summary>
    public required int Width { get; init; }

    /// <summary>Gets d_out.</summary>
    public required int OutputWidth { get; init; }

    /// <summary>Gets B.</summary>
    public required int Batch { get; init; }

    /// <summary>Gets the threads at work.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Gets the candidates of the batch that has most.</summary>
    public long Entries { get; init; }

    /// <summary>Gets whether targets are vectors of their own.</summary>
    public bool HasTarget { get; init; }

    /// <summary>Gets whether there is a skip connection.</summary>
    public bool HasSkip { get; init; }

    /// <summary>Gets whether first moments are kept.</summary>
    public bool KeepsFirst { get; init; }

    /// <summary>Gets the levels of a nested loss.</summary>
    public int Levels { get; init; } = 1;

    /// <summary>Gets whether the method has a second code.</summary>
    public bool HasSecond { get; init; }

    /// <summary>Gets whether the batch is ranked as a whole.</summary>
    public bool RanksBatch { get; init; }

    /// <summary>Gets whether encoding screens in 8-bit integers.</summary>
    public bool Screens { get; init; }

    /// <summary>Gets whether dense products run.</summary>
    public bool IsDense { get; init; }

    /// <summary>Gets the dead latents that the auxiliary loss chooses from; 0 without it.</summary>
    public int Dead { get; init; }

    /// <summary>Gets the entries of the auxiliary loss.</summary>
    public long AuxiliaryEntries { get; init; }

    /// <summary>Gets weights and moments.</summary>
    public long Weights
    {
        get
        {
            long weights = ((long)Latents * (Width + OutputWidth)) + (HasSkip ? (long)OutputWidth * Width : 0);
            return 4 * ((weights * (KeepsFirst ? 3 : 2)) + (HasSkip ? (long)OutputWidth * Width : 0) + (6L * Latents));
        }
    }

    /// <summary>Gets what is known of each latent, and each chunk's share of the path of b_dec.</summary>
    public long OfLatents => ((LatentBytes + (4L * Math.Min(Threads, 16))) * Latents) + ((long)Latents * Width / 6);

    /// <summary>Gets the batch, the encoder's input, the gradients of outputs, and what is known of each row.</summary>
    public long OfRows
    {
        get
        {
            long inputs = (2L + (HasSkip ? 1 : 0)) * Width;
            long outputs = ((HasTarget ? 2L : 0) + Levels + (HasSecond ? 1 : 0)) * OutputWidth;
            return ((4 * (inputs + outputs)) + (OutputWidth / 16) + RowBytes) * Batch;
        }
    }

    /// <summary>Gets the candidates: the kernel's lists, compressed rows, index, activations, gradients.</summary>
    public long OfEntries => Lists(Entries) + ((EntryBytes + (HasSecond ? NumberBytes : 0) + (RanksBatch ? 2 * NumberBytes : 0)) * Entries);

    /// <summary>Gets the packed panels of each thread, and its buffers for a latent.</summary>
    public long OfThreads => Threads * ((5 * PanelFloats) + (4L * (Width + OutputWidth)) + (35L * Math.Min(Batch, Entries)));

    /// <summary>Gets the weights in 8 bits with their bounds, and each thread's block of tokens in 8 bits and in float32.</summary>
    public long OfScreen => Screens ? (Groups * 36 * Latents) + (20L * Latents) + (Threads * ((5 * 256L * Width) + (16 * 2048))) : 0;

    /// <summary>Gets the packed panels of dense products, and each thread's blocks.</summary>
    public long OfDense
    {
        get
        {
            int codes = Levels + (HasSecond ? 1 : 0);
            long panels = 4L * (((long)Batch * ((2L * codes * OutputWidth) + Width)) + (Levels == 1 ? (long)Latents * OutputWidth : 0));
            long decoding = Levels == 1 ? 48L * Latents : 0;
            long slopes = LatentChunk.Latents * (long)Batch;
            int each = HasSecond ? 2 : 1;
            long blocks = Math.Max(decoding, each * slopes) + ((each + 1) * slopes) + (LatentChunk.Latents * (Width + (2L * OutputWidth)));
            return IsDense ? panels + (Threads * 5 * blocks) : 0;
        }
    }

    /// <summary>Gets the auxiliary loss's rows of dead latents, its residuals, and its entries.</summary>
    public long OfAuxiliary
    {
        get
        {
            long groups = (Threads * 5L * AuxiliaryLoss.GroupSize(Dead) * (Width + OutputWidth)) + (AuxiliaryLoss.GroupsOf(Dead) * 4L * Width);
            long rows = (Dead * (5L * Width)) + (8L * Batch * OutputWidth) + (12L * Batch) + (8L * Latents) + groups;
            return Dead == 0 ? 0 : rows + Lists(AuxiliaryEntries) + (40 * AuxiliaryEntries);
        }
    }

    /// <summary>Gets all of it.</summary>
    public long Total => Weights + OfLatents + OfRows + OfEntries + OfThreads + OfScreen + OfDense + OfAuxiliary;

    private long Groups => Int8Layout.Groups(Width);

    private long PanelFloats => Math.Min(256L * Width, ProductTile.CachedFloats);

    private long Lists(long entries) => Math.Max(ListBytes * entries, Threads * ListsOfThread * ListStart);
}
