namespace Saltus.Tests.Support;

/// <summary>An empty folder of a test's own, removed with all it holds at the end.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("saltus-test-").FullName;

    /// <summary>The path of a name inside the folder.</summary>
    public string this[string name] => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
