namespace Saltus.Cli;

/// <summary>Where long work reports to.</summary>
internal interface IWorkProgress : IProgress<WorkDone>
{
    /// <summary>Writes a line that stays, beside the progress.</summary>
    /// <param name="line">What is worth knowing.</param>
    void Note(string line);
}
