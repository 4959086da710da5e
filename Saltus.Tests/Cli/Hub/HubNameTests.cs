using Saltus.Cli.Hub;

namespace Saltus.Tests.Cli.Hub;

public sealed class HubNameTests
{
    [Theory]
    [InlineData("gpt2", "gpt2", "main", "models--gpt2")]
    [InlineData("org/name", "org/name", "main", "models--org--name")]
    [InlineData("org/na.me-1_b@refs/pr/7", "org/na.me-1_b", "refs/pr/7", "models--org--na.me-1_b")]
    [InlineData("datasets/org/name@v1.0", "org/name", "v1.0", "datasets--org--name")]
    public void Names_are_read_as_the_hub_spells_them(string text, string repository, string revision, string folder)
    {
        HubName name = HubName.Parse(text);
        Assert.Equal((repository, revision, folder), (name.Repository, name.Revision, name.FolderName));
        Assert.Equal(text, name.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("a/b/c")]
    [InlineData("../b")]
    [InlineData("a/..")]
    [InlineData("a--b/c")]
    [InlineData("a/b@")]
    [InlineData("a/b@../main")]
    [InlineData("a/b@x..y")]
    [InlineData("/a")]
    [InlineData("a b/c")]
    [InlineData("a/.b")]
    public void What_is_no_name_is_refused(string text) => Assert.Contains($"'{text}'", Assert.Throws<InputException>(() => HubName.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Settings_come_from_the_environment_of_other_tools()
    {
        HubSettings Read(params (string Name, string Value)[] variables) =>
            HubSettings.FromEnvironment(name => variables.Where(variable => variable.Name == name).Select(variable => variable.Value).FirstOrDefault());

        HubSettings settings = Read(("HF_HOME", "/h"), ("HF_TOKEN", " t "), ("HF_ENDPOINT", "https://mirror.example/hf/"), ("HF_HUB_OFFLINE", "1"));
        Assert.Equal(("/h/hub", "t", "https://mirror.example/hf/", true), (settings.Cache, settings.Token, settings.Endpoint.ToString(), settings.IsOffline));
        Assert.Equal("/c", Read(("HF_HOME", "/h"), ("HF_HUB_CACHE", "/c")).Cache);
        Assert.Equal("/x/huggingface/hub", Read(("XDG_CACHE_HOME", "/x")).Cache);
        Assert.EndsWith("/.cache/huggingface/hub", Read().Cache, StringComparison.Ordinal);
        Assert.Null(Read(("HF_TOKEN", "t"), ("HF_HUB_DISABLE_IMPLICIT_TOKEN", "1")).Token);
        Assert.False(Read(("HF_HUB_OFFLINE", "0")).IsOffline);
        Assert.Contains("HF_ENDPOINT", Assert.Throws<InputException>(() => Read(("HF_ENDPOINT", "mirror"))).Message, StringComparison.Ordinal);
        using Support.TemporaryFolder folder = new();
        File.WriteAllText(folder["token"], "stored\n");
        Assert.Equal("stored", Read(("HF_HOME", folder.Path)).Token);
        Assert.Equal("stored", Read(("HF_TOKEN_PATH", folder["token"])).Token);
    }
}
