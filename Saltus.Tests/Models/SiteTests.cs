using Saltus.Lm.Models;

namespace Saltus.Tests.Models;

public class SiteTests
{
    [Fact]
    public void A_name_with_a_layer_and_its_hook_name_are_the_same_site()
    {
        (string Name, int? Layer, string Hook)[] pairs =
        [
            ("resid_pre", 3, "blocks.3.hook_resid_pre"), ("resid_mid", 0, "blocks.0.hook_resid_mid"), ("resid_post", 2, "blocks.2.hook_resid_post"),
            ("attn_z", 11, "blocks.11.attn.hook_z"), ("attn_out", 1, "blocks.1.hook_attn_out"), ("mlp_out", 4, "blocks.4.hook_mlp_out"),
        ];
        foreach ((string name, int? layer, string hook) in pairs)
        {
            Site site = Site.Parse(name, layer);
            Assert.Equal(site, Site.Parse(hook));
            Assert.Equal(site, Site.Parse(hook, layer));
            Assert.Equal(hook, site.HookName);
            Assert.Equal(name, site.Name);
        }
    }

    [Fact]
    public void Embed_needs_no_layer_and_is_written_as_what_enters_block_0()
    {
        Assert.Equal(new Site(SiteKind.Embed, 0), Site.Parse("embed"));
        Assert.Equal("blocks.0.hook_resid_pre", Site.Parse("embed").HookName);
        Assert.Throws<InputException>(() => Site.Parse("embed", 1));
    }

    [Fact]
    public void Mlp_in_has_no_hook_name()
    {
        Assert.Equal(new Site(SiteKind.MlpIn, 5), Site.Parse("mlp_in", 5));
        Assert.Null(Site.Parse("mlp_in", 5).HookName);
        Assert.Equal(new Site(SiteKind.MlpIn, 5), Site.Parse(new Site(SiteKind.MlpIn, 5).ToString()));
    }

    [Theory]
    [InlineData("hook_embed", "positions")]
    [InlineData("blocks.1.hook_mlp_in", "before the norm")]
    [InlineData("blocks.1.ln2.hook_normalized", "gain")]
    [InlineData("blocks.1.hook_nothing", "followed by one of")]
    [InlineData("blocks.x.hook_resid_post", "blocks.2.hook_resid_post")]
    [InlineData("blocks.99999999999.hook_resid_post", "blocks.2.hook_resid_post")]
    [InlineData("resid_past", "expected one of")]
    [InlineData("resid_post", "--layer")]
    public void What_is_no_site_is_refused_with_a_reason(string text, string reason) =>
        Assert.Contains(reason, Assert.Throws<InputException>(() => Site.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_layer_that_contradicts_the_hook_or_is_negative_is_refused()
    {
        Assert.Throws<InputException>(() => Site.Parse("blocks.1.hook_resid_post", 2));
        Assert.Throws<InputException>(() => Site.Parse("resid_post", -1));
    }
}
