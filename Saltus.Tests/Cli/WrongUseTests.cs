namespace Saltus.Tests.Cli;

/// <summary>Command lines that cannot be followed: one line on stderr, exit code 2.</summary>
[Trait("once", "yes")]
public sealed class WrongUseTests
{
    [Fact]
    public void An_unknown_command_is_refused_with_the_nearest_name() => ToolProcess.Run("verfy", "lm").Refused("'verfy'", "'verify'", "saltus --help");

    [Fact]
    public void A_command_that_resembles_nothing_is_refused_without_a_guess()
    {
        ToolResult result = ToolProcess.Run("xyzzyxyzzy").Refused("'xyzzyxyzzy'");
        Assert.DoesNotContain("perhaps", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_group_without_its_command_is_refused() => ToolProcess.Run("verify").Refused("lm, sae, tokenizer");

    [Fact]
    public void An_unknown_option_is_refused_with_the_nearest_name() =>
        ToolProcess.Run("verify", "lm", "--modle", "models/sample-lm").Refused("unknown option '--modle'", "'--model'", "saltus verify lm --help");

    [Fact]
    public void An_unknown_option_where_a_value_could_stand_is_refused_as_one() =>
        ToolProcess.Run("info", "--jsn").Refused("unknown option '--jsn'", "'--json'");

    [Fact]
    public void A_missing_option_is_refused_by_its_name() =>
        ToolProcess.Run("verify", "lm", "--model", "models/sample-lm").Refused("--reference FILE.safetensors");

    [Fact]
    public void An_option_without_its_value_is_refused() =>
        ToolProcess.Run("verify", "lm", "--reference", "x", "--model").Refused("--model", "DIR");

    [Fact]
    public void An_option_given_twice_is_refused() =>
        ToolProcess.Run("verify", "lm", "--model", "a", "--model", "b", "--reference", "c").Refused("--model", "once", "2");

    [Fact]
    public void A_missing_argument_is_refused() => ToolProcess.Run("info").Refused("PATH");

    [Fact]
    public void An_argument_too_many_is_refused() => ToolProcess.Run("info", "models", "corpus").Refused("'corpus'");

    [Fact]
    public void A_bad_number_is_refused_with_what_was_expected() =>
        ToolProcess.Run("verify", "lm", "--model", "a", "--reference", "b", "--threads", "many").Refused("--threads", "at least 1", "'many'");

    [Fact]
    public void An_at_sign_is_a_name_and_not_a_file_of_options() => ToolProcess.Run("info", "@nothing").Refused("'@nothing'");
}
