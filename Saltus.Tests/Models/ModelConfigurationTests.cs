using System.Collections;
using System.Text.Json;
using System.Text.Json.Nodes;
using Saltus.Formats;
using Saltus.Lm.Models;
using Saltus.Tensors;
using Saltus.Tests.Support;

namespace Saltus.Tests.Models;

public class ModelConfigurationTests
{
    private static readonly string[] s_epsilonKeys = ["rms_norm_eps", "layer_norm_eps", "layer_norm_epsilon"];

    [Fact]
    public void The_eps_of_every_case_is_the_one_in_its_file()
    {
        foreach (string folder in Cases())
        {
            ModelConfiguration configuration = ModelConfiguration.Read(Path.Combine(folder, "config.json"));
            JsonObject json = Json(folder);
            double stated = s_epsilonKeys.Where(json.ContainsKey).Select(key => (double)json[key]!).Single();
            Assert.True(stated == configuration.Epsilon, $"{folder}: {configuration.Epsilon}, expected {stated}");
        }
    }

    [Fact]
    public void Both_spellings_of_every_case_are_the_same_architecture_without_a_warning()
    {
        foreach (string folder in Cases())
        {
            string newer = Describe(ModelConfiguration.Read(Path.Combine(folder, "config.json")));
            Assert.Contains("Warnings: []", newer, StringComparison.Ordinal);
            foreach (string path in Directory.EnumerateFiles(folder, "config.*.json"))
            {
                Assert.True(newer == Describe(ModelConfiguration.Read(path)), $"{path}\n{newer}\n{Describe(ModelConfiguration.Read(path))}");
            }
        }
    }

    [Fact]
    public void An_absent_eps_is_what_the_family_means()
    {
        foreach (string folder in Cases())
        {
            JsonObject json = Json(folder);
            foreach (string key in s_epsilonKeys)
            {
                json.Remove(key);
            }

            double expected = (string)json["model_type"]! is "gpt2" or "gpt_neo" or "gpt_neox" or "phi" or "olmo2" ? 1e-5 : 1e-6;
            Assert.True(expected == Parse(json).Epsilon, folder);
        }
    }

    [Theory]
    [InlineData("llama", 8)]
    [InlineData("mistral", 8)]
    [InlineData("gemma2", 4)]
    [InlineData("gemma3_text", 4)]
    [InlineData("gemma", 16)]
    [InlineData("qwen2", 32)]
    [InlineData("qwen3", 32)]
    public void Absent_key_value_heads_are_what_the_family_means_and_null_is_one_for_each_head(string family, int absent)
    {
        int heads = family == "llama" ? absent : 2 * absent;
        JsonObject json = Minimal(family);
        json["num_attention_heads"] = heads;
        json["hidden_size"] = 32 * heads;
        Assert.Equal(absent, Parse(json).KeyValueHeads);
        json["num_key_value_heads"] = null;
        Assert.Equal(heads, Parse(json).KeyValueHeads);
    }

    [Fact]
    public void Absent_and_null_windows_and_caps_differ()
    {
        ModelConfiguration gemma = Parse(Minimal("gemma2"));
        Assert.Equal([4096, null, 4096], gemma.Windows);
        Assert.Equal(50, gemma.AttentionCap);
        Assert.Equal(30, gemma.FinalCap);
        Assert.Equal(256, gemma.HeadWidth);
        Assert.Equal(1 / 16f, gemma.AttentionScale[0]);
        JsonObject json = Minimal("gemma2");
        (json["attn_logit_softcapping"], json["final_logit_softcapping"]) = (null, null);
        Assert.Null(Parse(json).AttentionCap);
        Assert.Null(Parse(json).FinalCap);

        Assert.Equal([4096, 4096, 4096], Parse(Minimal("mistral")).Windows);
        json = Minimal("mistral");
        json["sliding_window"] = null;
        Assert.Equal([null, null, null], Parse(json).Windows);
    }

    [Fact]
    public void Qwen_slides_only_where_it_is_told_to()
    {
        JsonObject json = Minimal("qwen2");
        (json["sliding_window"], json["max_window_layers"]) = (16, 1);
        Assert.Equal([null, null, null], Parse(json).Windows);
        json["use_sliding_window"] = true;
        Assert.Equal([null, 16, 16], Parse(json).Windows);
        json["layer_types"] = new JsonArray("sliding_attention", "full_attention", "full_attention");
        Assert.Equal([16, null, null], Parse(json).Windows);
    }

    [Fact]
    public void Layer_types_decide_and_pattern_keys_do_not()
    {
        JsonObject json = Minimal("gemma3_text");
        json["sliding_window"] = 8;
        json["_sliding_window_pattern"] = 2;
        Assert.Equal([8, null, 8], Parse(json).Windows);
        json["layer_types"] = new JsonArray("full_attention", "full_attention", "sliding_attention");
        ModelConfiguration configuration = Parse(json);
        Assert.Equal([null, null, 8], configuration.Windows);
        Assert.Equal([1e6, 1e6, 1e4], configuration.Rope.Select(rope => rope!.Base));
        json["layer_types"] = new JsonArray("full_attention", "chunked_attention", "sliding_attention");
        Refused(json, ModelError.InvalidConfiguration, "layer_types");
    }

    [Fact]
    public void The_scale_of_gpt2_follows_its_two_switches()
    {
        JsonObject json = Json(Cases().Single(folder => Path.GetFileName(folder) == "gpt2"));
        json["scale_attn_by_inverse_layer_idx"] = true;
        float scale = Parse(json).AttentionScale[0];
        Assert.Equal([scale, scale / 2, scale / 3], Parse(json).AttentionScale);
        json["scale_attn_weights"] = false;
        Assert.Equal([1, 1 / 2f, 1 / 3f], Parse(json).AttentionScale);
    }

    [Fact]
    public void In_gemma_1_gelu_means_the_tanh_form()
    {
        JsonObject json = Minimal("gemma");
        json["hidden_act"] = "gelu";
        Assert.Equal(ActivationKind.GeluTanh, Parse(json).Activation);
        json["hidden_activation"] = "gelu_pytorch_tanh";
        Assert.Equal(ActivationKind.GeluTanh, Parse(json).Activation);
    }

    [Fact]
    public void A_multimodal_gemma3_is_read_from_its_text_config()
    {
        JsonObject inner = Minimal("gemma3_text");
        JsonObject outer = new() { ["model_type"] = "gemma3", ["text_config"] = inner, ["mm_tokens_per_image"] = 256 };
        ModelConfiguration configuration = Parse(outer);
        Assert.Equal(64, configuration.Width);
        Assert.Contains("mm_tokens_per_image", Assert.Single(configuration.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void The_layers_of_gpt_neo_must_agree_with_its_types()
    {
        JsonObject json = Json(Cases().Single(folder => Path.GetFileName(folder) == "gpt-neo"));
        Assert.Equal([null, 8, null, 8], Parse(json).Windows);
        json["attention_layers"] = new JsonArray("global", "global", "global", "local");
        Refused(json, ModelError.Contradiction, "attention_layers");
        json.Remove("attention_layers");
        json["attention_types"] = new JsonArray(new JsonArray(new JsonArray("global", "local"), 3));
        Refused(json, ModelError.InvalidConfiguration, "attention_types");
        json["attention_types"] = new JsonArray(new JsonArray(new JsonArray("global", 7), 2));
        Refused(json, ModelError.InvalidConfiguration, "attention_types");
    }

    [Fact]
    public void Keys_without_effect_are_silent_and_an_unknown_one_is_one_line()
    {
        JsonObject json = Minimal("llama");
        (json["use_cache"], json["summary_type"], json["any_dropout"], json["output_attentions"], json["_name_or_path"]) = (true, "x", 0.1, false, "y");
        Assert.Empty(Parse(json).Warnings);
        json["new_idea"] = 1;
        Assert.Contains("new_idea", Assert.Single(Parse(json).Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("quantization_config", "{}")]
    [InlineData("auto_map", "{}")]
    [InlineData("use_bidirectional_attention", "true")]
    [InlineData("add_cross_attention", "true")]
    [InlineData("is_encoder_decoder", "true")]
    public void What_would_change_the_result_is_refused_by_name_when_set(string key, string value)
    {
        JsonObject json = Minimal("llama");
        json[key] = JsonNode.Parse(value);
        Refused(json, ModelError.Refused, key);
        json[key] = null;
        Assert.Empty(Parse(json).Warnings);
    }

    [Fact]
    public void What_cannot_be_run_is_refused_by_name()
    {
        Refused(Change("model_type", "mamba"), ModelError.UnknownFamily, "mamba");
        Refused(Change("hidden_act", "relu6"), ModelError.UnknownActivation, "relu6");
        Refused(Change("hidden_size", 0), ModelError.InvalidConfiguration, "hidden_size");
        Refused(Change("vocab_size", null), ModelError.InvalidConfiguration, "vocab_size");
        Refused(Change("rms_norm_eps", -1), ModelError.InvalidConfiguration, "rms_norm_eps");
        Refused(Change("num_key_value_heads", 3), ModelError.Contradiction, "num_key_value_heads");
        Refused(Change("hidden_size", 63), ModelError.Contradiction, "63");
        Refused(Change("rope_scaling", new JsonObject { ["type"] = "su" }), ModelError.UnknownRope, "su");
        Refused(Change("rope_scaling", new JsonObject { ["type"] = "linear", ["factor"] = 2, ["odd"] = 1 }), ModelError.UnknownRope, "odd");
        Refused(Change("rope_scaling", new JsonObject { ["type"] = "linear", ["factor"] = 0 }), ModelError.Contradiction, "factor");
        Refused(
            Change("rope_scaling", new JsonObject { ["rope_type"] = "longrope", ["short_factor"] = new JsonArray(1), ["long_factor"] = new JsonArray(1) }),
            ModelError.Contradiction, "short_factor");
        Assert.Throws<JsonFieldException>(() => Parse(Change("hidden_size", "wide")));
        Assert.Throws<JsonFieldException>(() => Parse(Change("rope_scaling", new JsonObject { ["type"] = "linear" })));
    }

    [Fact]
    public void A_site_that_the_model_does_not_have_is_refused()
    {
        ModelConfiguration llama = Parse(Minimal("llama"));
        llama.Check(new Site(SiteKind.ResidMid, 2));
        Assert.Contains("0 to 2", Assert.Throws<ModelException>(() => llama.Check(new Site(SiteKind.ResidPost, 3))).Message, StringComparison.Ordinal);
        ModelConfiguration phi = ModelConfiguration.Read(Path.Combine(Cases().Single(folder => Path.GetFileName(folder) == "phi"), "config.json"));
        Assert.Contains("parallel", Assert.Throws<ModelException>(() => phi.Check(new Site(SiteKind.ResidMid, 0))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_configuration_is_read_or_refused_and_nothing_else()
    {
        const int Mutations = 200;
        const long Seed = 41;
        RandomSource random = new(Seed, "configurations");
        foreach (string folder in Cases())
        {
            byte[] original = File.ReadAllBytes(Path.Combine(folder, "config.json"));
            for (int i = 0; i < Mutations; i++)
            {
                byte[] damaged = Damage(original, random);
                try
                {
                    ModelConfiguration.Parse(JsonFields.Parse(damaged, "config.json"));
                }
                catch (InputException exception)
                {
                    Assert.DoesNotContain('\n', exception.Message);
                }
                catch (Exception exception)
                {
                    Assert.Fail($"{folder}, seed {Seed}, mutation {i}: {exception.GetType().Name}\n{System.Text.Encoding.UTF8.GetString(damaged)}");
                }
            }
        }
    }

    private static byte[] Damage(byte[] original, RandomSource random)
    {
        string[] pieces = ["null", "-1", "0", "[]", "{}", "\"\\ud800\"", "1e999", "99999999999", "true", "\\", "\"", ",", "[[[]]]", "2147483647", "0.5", "\n"];
        List<byte> bytes = [.. original];
        for (int change = 0; change <= random.NextInt(3); change++)
        {
            int at = random.NextInt(bytes.Count);
            switch (random.NextInt(4))
            {
                case 0:
                    bytes[at] = (byte)random.NextInt(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, Math.Min(random.NextInt(12), bytes.Count - at));
                    break;
                case 2:
                    bytes.InsertRange(at, System.Text.Encoding.UTF8.GetBytes(pieces[random.NextInt(pieces.Length)]));
                    break;
                default:
                    // A value of another kind: what stands between a colon and the next comma.
                    int colon = bytes.IndexOf((byte)':', at);
                    int comma = colon < 0 ? -1 : bytes.IndexOf((byte)',', colon);
                    if (comma > colon)
                    {
                        bytes.RemoveRange(colon + 1, comma - colon - 1);
                        bytes.InsertRange(colon + 1, System.Text.Encoding.UTF8.GetBytes(pieces[random.NextInt(pieces.Length)]));
                    }

                    break;
            }

            if (bytes.Count == 0)
            {
                bytes.Add((byte)'{');
            }
        }

        return [.. bytes];
    }

    private static List<string> Cases() => Fixtures.Cases("lm", path => File.Exists(Path.Combine(path, "config.json")));

    private static JsonObject Json(string folder) => JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "config.json")))!.AsObject();

    private static JsonObject Minimal(string family) => new()
    {
        ["model_type"] = family,
        ["hidden_size"] = 64,
        ["intermediate_size"] = 96,
        ["num_attention_heads"] = family switch { "llama" => 2, "qwen2" or "qwen3" => 32, "gemma" => 16, _ => 8 },
        ["num_hidden_layers"] = 3,
        ["vocab_size"] = 50,
    };

    private static JsonObject Change(string key, JsonNode? value)
    {
        JsonObject json = Minimal("llama");
        json[key] = value;
        return json;
    }

    private static ModelConfiguration Parse(JsonObject json) => ModelConfiguration.Parse(JsonFields.Parse(json.ToJsonString(), "config.json"));

    private static void Refused(JsonObject json, ModelError error, string word)
    {
        ModelException exception = Assert.Throws<ModelException>(() => Parse(json));
        Assert.Equal(error, exception.Error);
        Assert.Contains(word, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
    }

    private static string Describe(object value) => string.Join(
        '\n',
        value.GetType().GetProperties().Where(property => property.Name != "EqualityContract" && property.GetIndexParameters().Length == 0)
            .Select(property => $"{property.Name}: {Text(property.GetValue(value))}"));

    private static string Text(object? value) => value switch
    {
        null => "null",
        string text => text,
        RopeSettings rope => $"{{{Describe(rope)}}}",
        IEnumerable list => $"[{string.Join(", ", list.Cast<object?>().Select(Text))}]",
        _ => JsonSerializer.Serialize(value),
    };
}
