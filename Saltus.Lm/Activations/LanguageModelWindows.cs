using Saltus.Kernels;
using Saltus.Lm.Models;
using Saltus.Tensors;

namespace Saltus.Lm.Activations;

/// <summary>A language model over windows, tapped at sites; it stops after the last of them.</summary>
internal sealed class LanguageModelWindows : IWindowModel
{
    private readonly LanguageModel _model;
    private readonly WorkTeam _team;
    private readonly Site[] _sites;

    /// <summary>Takes the sites.</summary>
    /// <exception cref="ModelException">The model has no such site.</exception>
    public LanguageModelWindows(LanguageModel model, WorkTeam team, IReadOnlyList<Site> sites)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(team);
        foreach (Site site in sites)
        {
            model.Configuration.Check(site);
        }

        _model = model;
        _team = team;
        _sites = [.. sites];
        Widths = [.. sites.Select(site => model.Configuration.WidthAt(site.Kind))];
    }

    public IReadOnlyList<int> Widths { get; }

    public void Run(IReadOnlyList<TokenWindow> windows, Action<int, Matrix> read)
    {
        TokenBatch batch = new([.. windows.Select(window => window.Ids)]);
        Tap[] taps = [.. _sites.Select((site, index) => new Tap(site, (_, activation) => read(index, activation)))];
        _model.Run(_team, batch, new ModelRun { Taps = taps });
    }
}
