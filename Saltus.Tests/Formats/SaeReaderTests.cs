using System.Text.Json;
using Saltus.Autoencoders;
using Saltus.Formats;
using Saltus.Kernels;
using Saltus.Tensors;
using Saltus.Tests.Support;

namespace Saltus.Tests.Formats;

public class SaeReaderTests
{
    private const int Width = 3;
    private const int Latents = 5;

    [Fact]
    public void A_folder_that_is_no_SAE_is_refused_with_what_was_looked_for_and_found()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder["notes.txt"], "x");
        SaeFormatException exception = Assert.Throws<SaeFormatException>(() => SaeReader.Read(folder.Path));
        Assert.Equal(SaeFormatError.FormatUnknown, exception.Error);
        Assert.Contains("params.npz", exception.Message);
        Assert.Contains("notes.txt", exception.Message);
        Assert.DoesNotContain('\n', exception.Message);
        Assert.Equal(SaeFormatError.FileMissing, Assert.Throws<SaeFormatException>(() => SaeReader.Read(folder["nothing"])).Error);
        Assert.Contains("gemma_2", Assert.Throws<SaeFormatException>(() => SaeReader.Read(folder.Path, new SaeHints { Loader = "gemma_9" })).Message);
        Assert.False(SaeReader.IsSae(folder.Path));
        Assert.False(SaeReader.IsSae(folder["nothing"]));
    }

    [Fact]
    public void A_run_of_sparsify_is_refused_with_its_hook_points_in_the_order_of_the_peer()
    {
        int compared = 0;
        foreach (string run in Fixtures.Cases("sae/sparsify", folder => File.Exists(Path.Combine(folder, "load_many_order.json")), recursive: true))
        {
            string[] order = [.. JsonDocument.Parse(File.ReadAllBytes(Path.Combine(run, "load_many_order.json"))).RootElement.EnumerateArray().Select(name => name.GetString()!)];
            SaeFormatException exception = Assert.Throws<SaeFormatException>(() => SaeReader.Read(run));
            Assert.Contains(string.Join(", ", order), exception.Message);
            using SparseCoder one = SaeReader.Read(run, new SaeHints { FolderName = order[^1] }).Sae;
            Assert.True(one.Latents > 0);
            compared++;
        }

        Assert.True(compared > 0);
    }

    [Theory]
    [InlineData("relu", true)]
    [InlineData("jumprelu", true)]
    [InlineData("jumprelu", false)]
    [InlineData("topk", false)]
    public void Llamascopium_gates_by_decoder_norms_and_scales_by_the_data_sets_norms(string function, bool withNorms)
    {
        using TemporaryFolder folder = new();
        float[] thresholds = Numbers(7, Latents, 0.4f, 0.5f);
        (float[] encoder, float[] encoderBias, float[] decoder, float[] decoderBias) = Llamascopium(folder, function, withNorms, thresholds);
        using SparseAutoencoder sae = SaeReader.Read(folder.Path).Autoencoder;
        using WorkTeam team = new(1);
        using Matrix x = Matrix.FromRows(4, Width, Numbers(5, 4 * Width, 3));
        using Matrix output = new(4, Width);
        SparseActivations activations = sae.Forward(team, x, output);
        double scale = Math.Sqrt(Width) / 2.5;
        double outputScale = Math.Sqrt(Width) / 1.5;
        for (int row = 0; row < x.Rows; row++)
        {
            double[] pre = [.. Enumerable.Range(0, Latents).Select(latent => encoderBias[latent]
                + Enumerable.Range(0, Width).Sum(i => scale * x.Row(row)[i] * encoder[(i * Latents) + latent]))];
            double[] score = [.. pre.Select((value, latent) => value
                * (withNorms ? Math.Sqrt(Enumerable.Range(0, Width).Sum(i => Math.Pow(decoder[(latent * Width) + i], 2))) : 1))];
            double second = score.OrderDescending().ElementAt(1);
            double[] acts = [.. pre.Select((value, latent) => function switch
            {
                "relu" => Math.Max(0, value),
                "jumprelu" => score[latent] > thresholds[latent] ? value : 0,
                _ => score[latent] >= second ? Math.Max(0, value) : 0,
            })];
            int[] active = [.. Enumerable.Range(0, Latents).Where(latent => acts[latent] != 0)];
            Assert.Equal(active, activations.LatentsOf(row).ToArray());
            for (int i = 0; i < active.Length; i++)
            {
                Assert.Equal(acts[active[i]], activations.ValuesOf(row)[i], 1e-5);
            }

            for (int i = 0; i < Width; i++)
            {
                double expected = (decoderBias[i] + active.Sum(latent => acts[latent] * decoder[(latent * Width) + i])) / outputScale;
                Assert.Equal(expected, output.Row(row)[i], 1e-4);
            }
        }
    }

    [Theory]
    [InlineData("sae_type", "\"clt\"")]
    [InlineData("use_glu_encoder", "true")]
    [InlineData("act_fn", "\"batchtopk\"")]
    [InlineData("norm_activation", "\"token-wise\"")]
    [InlineData("expansion_factor", "0")]
    public void What_llamascopium_has_beyond_one_product_is_refused_by_key(string key, string value)
    {
        using TemporaryFolder folder = new();
        Llamascopium(folder, "relu", true, new float[Latents]);
        SaeFormatException exception = Assert.Throws<SaeFormatException>(
            () => SaeReader.Read(folder.Path, new SaeHints { ConfigOverrides = JsonDocument.Parse($"{{\"{key}\": {value}}}").RootElement }));
        Assert.Equal(SaeFormatError.ConfigInvalid, exception.Error);
        Assert.Contains(key, exception.Message);
    }

    [Fact]
    public void A_layers_transcoder_is_read_whichever_way_its_weights_lie_and_a_square_one_only_by_name()
    {
        using TemporaryFolder folder = new();
        float[] encoder = Numbers(1, Latents * Width, 1);
        float[] decoder = Numbers(2, Latents * Width, 1);
        float[] encoderBias = Numbers(3, Latents, 1);
        float[] decoderBias = Numbers(4, Width, 1);
        using Matrix rows = Matrix.FromRows(Latents, Width, encoder);
        using Matrix columns = rows.Transpose();
        using Matrix directions = Matrix.FromRows(Latents, Width, decoder);
        using Matrix turned = directions.Transpose();
        using WorkTeam team = new(1);
        using Matrix x = Matrix.FromRows(4, Width, Numbers(5, 4 * Width, 1));
        float[]? first = null;
        int file = 0;
        foreach ((Matrix w, Matrix d) in new[] { (rows, directions), (columns, turned), (rows, turned), (columns, directions) })
        {
            string path = folder[$"layer_{file++}.safetensors"];
            new SafetensorsWriter().Add("W_enc", w).Add("W_dec", d).Add("b_enc", encoderBias).Add("b_dec", decoderBias).Write(path);
            using SparseAutoencoder sae = SaeReader.Read(path).Autoencoder;
            using Matrix output = new(4, Width);
            sae.Forward(team, x, output);
            first ??= output.Span.ToArray();
            Assert.Equal(first, output.Span.ToArray());
            Assert.Equal("hook_mlp_out", sae.Metadata.OutputHookName?.Split('.')[^1]);
        }

        string square = folder["layer_9.safetensors"];
        using Matrix both = Matrix.FromRows(Width, Width, Numbers(6, Width * Width, 1));
        new SafetensorsWriter().Add("W_enc", both).Add("W_dec", both).Add("b_enc", decoderBias).Add("b_dec", decoderBias).Write(square);
        Assert.Contains("name the loader", Assert.Throws<SaeFormatException>(() => SaeReader.Read(square)).Message);
        SaeReader.Read(square, new SaeHints { Loader = "mwhanna_transcoder" }).Sae.Dispose();
    }

    private static (float[] Encoder, float[] EncoderBias, float[] Decoder, float[] DecoderBias) Llamascopium(TemporaryFolder folder, string function, bool withNorms, float[] thresholds)
    {
        float[] encoder = Numbers(1, Width * Latents, 1);
        float[] decoder = Numbers(2, Latents * Width, 1);
        float[] encoderBias = Numbers(3, Latents, 0.5f);
        float[] decoderBias = Numbers(4, Width, 0.5f);
        using Matrix w = Matrix.FromRows(Width, Latents, encoder);
        using Matrix d = Matrix.FromRows(Latents, Width, decoder);
        SafetensorsWriter writer = new SafetensorsWriter().Add("W_E", w).Add("W_D", d).Add("b_E", encoderBias).Add("b_D", decoderBias)
            .Add("dataset_average_activation_norm.in", TensorDtype.F32, [], (_, destination) => destination.Fill(2.5f))
            .Add("dataset_average_activation_norm.out", TensorDtype.F32, [], (_, destination) => destination.Fill(1.5f));
        if (function == "jumprelu")
        {
            writer.Add("activation_function.log_jumprelu_threshold", Array.ConvertAll(thresholds, value => (float)Math.Log(value)));
        }

        writer.Write(folder["sae_weights.safetensors"]);
        File.WriteAllText(folder["config.json"], JsonSerializer.Serialize(new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["sae_type"] = "sae",
            ["d_model"] = Width,
            ["expansion_factor"] = (double)Latents / Width,
            ["act_fn"] = function,
            ["top_k"] = 2,
            ["sparsity_include_decoder_norm"] = withNorms,
            ["norm_activation"] = "dataset-wise",
            ["hook_point_in"] = "in",
            ["hook_point_out"] = "out",
        }));
        return (encoder, encoderBias, decoder, decoderBias);
    }

    private static float[] Numbers(int seed, int count, float size, float shift = 0)
    {
        RandomSource random = new(seed, "numbers");
        return [.. Enumerable.Range(0, count).Select(_ => (float)(((2 * random.NextDouble()) - 1) * size) + shift)];
    }
}
