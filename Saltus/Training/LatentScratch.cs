namespace Saltus.Training;

/// <summary>Buffers of the thread that is working on a latent: its entries and its two rows of gradients.</summary>
internal sealed class LatentScratch
{
    [ThreadStatic]
    private static LatentScratch? s_scratch;

    /// <summary>Gets π of each entry.</summary>
    public float[] Pre { get; private set; } = [];

    /// <summary>Gets the activation of each entry.</summary>
    public float[] Activation { get; private set; } = [];

    /// <summary>Gets the slope of each entry.</summary>
    public float[] Slope { get; private set; } = [];

    /// <summary>Gets the slope of each entry's second code.</summary>
    public float[] SecondSlope { get; private set; } = [];

    /// <summary>Gets the gradient of each entry's π.</summary>
    public float[] PreGradient { get; private set; } = [];

    /// <summary>Gets the rows that take part in a sum.</summary>
    public int[] Rows { get; private set; } = [];

    /// <summary>Gets the factor of each of <see cref="Rows"/>.</summary>
    public float[] Factors { get; private set; } = [];

    /// <summary>Gets the gradient of the encoder row, [d].</summary>
    public float[] EncoderRow { get; private set; } = [];

    /// <summary>Gets the gradient of the decoder row, [d_out].</summary>
    public float[] DecoderRow { get; private set; } = [];

    /// <summary>Gets the calling thread's buffers, large enough for every latent: which thread meets the largest one is open.</summary>
    /// <param name="most">Entries of the latent that has most.</param>
    /// <param name="width">d.</param>
    /// <param name="outputWidth">d_out.</param>
    /// <returns>Contents undefined.</returns>
    public static LatentScratch Take(int most, int width, int outputWidth)
    {
        LatentScratch scratch = s_scratch ??= new LatentScratch();
        if (scratch.Pre.Length < most)
        {
            int room = most + (most / 4);
            scratch.Pre = new float[room];
            scratch.Activation = new float[room];
            scratch.Slope = new float[room];
            scratch.SecondSlope = new float[room];
            scratch.PreGradient = new float[room];
            scratch.Rows = new int[room];
            scratch.Factors = new float[room];
        }

        if (scratch.EncoderRow.Length != width)
        {
            scratch.EncoderRow = new float[width];
        }

        if (scratch.DecoderRow.Length != outputWidth)
        {
            scratch.DecoderRow = new float[outputWidth];
        }

        return scratch;
    }

    /// <summary>Puts a row and its factor into the sum, unless the factor is 0.</summary>
    /// <param name="place">Where.</param>
    /// <param name="row">The row.</param>
    /// <param name="factor">Its factor.</param>
    /// <returns>1 where it takes part, else 0.</returns>
    public int Keep(int place, int row, float factor)
    {
        Rows[place] = row;
        Factors[place] = factor;
        return factor != 0 ? 1 : 0;
    }
}
