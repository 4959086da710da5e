using Saltus.Tensors;

namespace Saltus.Lm.Activations;

/// <summary>What the harvest needs of a language model: windows in, activations at some sites out.</summary>
internal interface IWindowModel
{
    /// <summary>Width of the vectors at each site.</summary>
    IReadOnlyList<int> Widths { get; }

    /// <summary>Runs the model over windows.</summary>
    /// <param name="windows">The windows.</param>
    /// <param name="read">Is given the index of a site and its activations [all tokens of all windows, width], valid during the call.</param>
    void Run(IReadOnlyList<TokenWindow> windows, Action<int, Matrix> read);
}
