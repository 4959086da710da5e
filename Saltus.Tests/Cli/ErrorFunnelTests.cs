using Saltus.Cli;

namespace Saltus.Tests.Cli;

public sealed class ErrorFunnelTests
{
    [Fact]
    public void Line_breaks_and_control_characters_of_a_message_never_reach_the_terminal() =>
        Assert.Equal("a b c [31md", InputException.OneLine("a\r\nb\tc\u001b[31md\n"));

    [Fact]
    public void An_unexpected_failure_is_one_line_that_asks_for_a_report()
    {
        using Interruption interruption = new();
        StringWriter error = new();
        ToolContext context = new(TextWriter.Null, error, interruption, TimeProvider.System);
        Assert.Equal(2, ErrorFunnel.Report(new AggregateException(new InvalidOperationException("two\nlines.")), context));
        Assert.Equal($"saltus: internal error: InvalidOperationException: two lines. Please report this, with what SALTUS_TRACE=1 prints{Environment.NewLine}", error.ToString());
    }
}
