using Saltus.Lm.Activations;

namespace Saltus.Tests.Activations;

public class WindowCutterTests
{
    private const int Bos = 2;
    private static readonly HashSet<int> s_special = [0, 1, Bos];

    [Fact]
    public void A_document_is_cut_into_windows_with_BOS_each_and_a_shorter_rest()
    {
        TokenWindow[] windows = Cut(4, Bos, 10, 11, 12, 13, 14, 15, 16);
        Assert.Equal(3, windows.Length);
        Assert.Equal([Bos, 10, 11, 12], windows[0].Ids);
        Assert.Equal([Bos, 13, 14, 15], windows[1].Ids);
        Assert.Equal([Bos, 16], windows[2].Ids);
        Assert.Equal([0, 3, 6], windows.Select(w => w.Start));
        Assert.All(windows, w => Assert.Equal(7, w.Document));
        Assert.Equal([-1, 3, 4, 5], Enumerable.Range(0, 4).Select(windows[1].DocumentPosition));
        Assert.Equal([3, 3, 1], windows.Select(w => w.CountedTokens));
        Assert.Equal([false, true, true, true], windows[0].Counted);
    }

    [Fact]
    public void Without_BOS_windows_are_full_of_text_and_a_rest_of_one_token_is_dropped()
    {
        TokenWindow[] windows = Cut(3, null, 10, 11, 12, 13, 14, 15, 16);
        Assert.Equal(2, windows.Length);
        Assert.Equal([13, 14, 15], windows[1].Ids);
        Assert.Equal([3, 4, 5], Enumerable.Range(0, 3).Select(windows[1].DocumentPosition));
        Assert.Equal([true, true, true], windows[1].Counted);
        Assert.Single(Cut(3, null, 10, 11));
        Assert.Empty(Cut(3, null, 10));
    }

    [Fact]
    public void A_document_that_fills_its_windows_leaves_no_empty_one_and_an_empty_document_has_none()
    {
        Assert.Equal(2, Cut(4, Bos, 10, 11, 12, 13, 14, 15).Length);
        Assert.Empty(Cut(4, Bos));
    }

    [Fact]
    public void Special_tokens_within_the_text_do_not_count_and_token_0_can_be_the_BOS()
    {
        TokenWindow window = Assert.Single(Cut(8, Bos, 10, 1, 11, Bos, 0, 12));
        Assert.Equal([false, true, false, true, false, false, true], window.Counted);
        Assert.Equal(3, window.CountedTokens);
        TokenWindow zero = Assert.Single(new WindowCutter(8, 0, new HashSet<int>()).Cut(0, new[] { 5, 0 }));
        Assert.Equal([0, 5, 0], zero.Ids);
        Assert.Equal([false, true, true], zero.Counted);
    }

    [Fact]
    public void A_context_of_one_token_is_refused()
    {
        Assert.Throws<InputException>(() => new WindowCutter(1, Bos, s_special));
    }

    private static TokenWindow[] Cut(int context, int? bos, params int[] tokens) => [.. new WindowCutter(context, bos, s_special).Cut(7, tokens)];
}
