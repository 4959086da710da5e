using System.Text;
using Saltus.Formats;
using Saltus.Lm.Activations;
using Saltus.Tests.Support;
using Saltus.Training;

namespace Saltus.Tests.Activations;

public sealed class ActivationStoreTests : IDisposable
{
    private static readonly HarvestOptions s_options = new() { Vectors = 71, TokensAtOnce = 9 };
    private readonly PlainCorpus _corpus = new(PlainCorpus.Usual);
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void A_store_gives_back_what_the_model_gave()
    {
        // Small whole numbers are exact in all three types.
        foreach (TensorDtype dtype in new[] { TensorDtype.F16, TensorDtype.BF16, TensorDtype.F32 })
        {
            string folder = _folder[dtype.Name()];
            ActivationStoreIndex index = Harvest(folder, dtype: dtype);
            Assert.Equal((71, 7 + 1, true), ((int)index.Count, index.Shards.Count, index.Complete));
            using LiveActivationSource live = new(new PlainWindowModel { Widths = [3] }, _corpus.Windows(seed: 5), s_options);
            using IActivationSource stored = ActivationStore.Open(folder).OpenSource();
            Assert.Equal((3, 71L), (stored.Width, stored.Length));
            Assert.Equal(LiveActivationSourceTests.Read(live, 8), LiveActivationSourceTests.Read(stored, 13));
        }
    }

    [Fact]
    public void Several_sites_of_one_pass_are_a_store_each()
    {
        PlainWindowModel model = new();
        ActivationHarvest.Run(
            model, _corpus.Windows(seed: 5), [(_folder["a"], Settings(3)), (_folder["b"], Settings(2) with { Site = "other", RowsPerShard = 7 })], s_options);
        int runs = model.Runs;
        PlainWindowModel alone = new();
        Harvest(_folder["c"], model: alone);
        Assert.Equal(alone.Runs, runs);
        Assert.Equal(Bytes(_folder["c"]), Bytes(_folder["a"]));
        using IActivationSource second = ActivationStore.Open(_folder["b"]).OpenSource();
        Assert.All(LiveActivationSourceTests.Read(second, 10), row => Assert.StartsWith($"{1000 + row.Token} ", row.Vector, StringComparison.Ordinal));
    }

    [Fact]
    public void An_interrupted_harvest_goes_on_and_gives_the_same_bytes()
    {
        PlainWindowModel whole = new();
        Harvest(_folder["whole"], model: whole);
        Dictionary<string, string> expected = Bytes(_folder["whole"]);
        for (int runs = 0; runs < whole.Runs; runs++)
        {
            string folder = _folder[$"broken {runs}"];
            Assert.Throws<OperationCanceledException>(() => Harvest(folder, model: new PlainWindowModel { BreakAfter = runs }));
            if (File.Exists(Path.Combine(folder, ActivationStoreIndex.FileName)))
            {
                Assert.Equal(ActivationStoreError.Incomplete, Assert.Throws<ActivationStoreException>(() => ActivationStore.Open(folder)).Error);
            }

            PlainWindowModel rest = new();
            Harvest(folder, model: rest);
            Assert.True(expected.SequenceEqual(Bytes(folder)), $"broken after {runs} runs");
            Assert.True(rest.TokensRead <= whole.TokensRead, $"{rest.TokensRead} tokens read again after {runs} runs");
        }

        // Nothing is left to do: the model does not run.
        PlainWindowModel idle = new();
        Harvest(_folder["whole"], model: idle);
        Assert.Equal(0, idle.Runs);
        Assert.Equal(expected, Bytes(_folder["whole"]));
    }

    [Fact]
    public void Stores_that_stand_a_shard_apart_are_all_gone_on_with()
    {
        (string, ActivationStoreSettings)[] Stores(string name) => [(_folder[name + " a"], Settings(3)), (_folder[name + " b"], Settings(2) with { RowsPerShard = 23 })];
        ActivationHarvest.Run(new PlainWindowModel(), _corpus.Windows(seed: 5), Stores("whole"), s_options);
        for (int runs = 1; runs < 9; runs++)
        {
            Assert.Throws<OperationCanceledException>(() => ActivationHarvest.Run(new PlainWindowModel { BreakAfter = runs }, _corpus.Windows(seed: 5), Stores($"{runs}"), s_options));
            ActivationHarvest.Run(new PlainWindowModel(), _corpus.Windows(seed: 5), Stores($"{runs}"), s_options);
            Assert.Equal(Bytes(_folder["whole a"]), Bytes(_folder[$"{runs} a"]));
            Assert.Equal(Bytes(_folder["whole b"]), Bytes(_folder[$"{runs} b"]));
        }
    }

    [Fact]
    public void A_shard_without_index_is_written_over_and_other_files_are_left_alone()
    {
        Directory.CreateDirectory(_folder["a"]);
        File.WriteAllText(Path.Combine(_folder["a"], "activations-00000.safetensors"), "cut off");
        Assert.True(Harvest(_folder["a"]).Complete);
        Directory.CreateDirectory(_folder["b"]);
        File.WriteAllText(Path.Combine(_folder["b"], "thesis.txt"), "precious");
        ActivationStoreException exception = Assert.Throws<ActivationStoreException>(() => Harvest(_folder["b"]));
        Assert.Equal(ActivationStoreError.FolderInUse, exception.Error);
        Assert.Contains("thesis.txt", exception.Message, StringComparison.Ordinal);
        Assert.Single(Directory.EnumerateFileSystemEntries(_folder["b"]));
    }

    [Fact]
    public void A_harvest_with_other_settings_is_refused_by_the_setting()
    {
        Harvest(_folder["a"]);
        Dictionary<string, string> before = Bytes(_folder["a"]);
        ActivationStoreException exception = Assert.Throws<ActivationStoreException>(() => Harvest(_folder["a"], settings => settings with { ModelHash = "other" }));
        Assert.Equal(ActivationStoreError.OtherSettings, exception.Error);
        Assert.Contains("model_hash: expected other", exception.Message, StringComparison.Ordinal);
        Assert.Contains("found abc", exception.Message, StringComparison.Ordinal);
        Assert.Throws<ActivationStoreException>(() => Harvest(_folder["a"], settings => settings with { RowsPerShard = 11 }));
        Assert.Throws<ActivationStoreException>(() => Harvest(_folder["a"], settings => settings with { Seed = null }));
        Assert.Equal(before, Bytes(_folder["a"]));
    }

    [Fact]
    public void A_damaged_shard_is_named_when_it_is_read()
    {
        Harvest(_folder["a"]);
        string shard = Path.Combine(_folder["a"], "activations-00002.safetensors");
        byte[] bytes = File.ReadAllBytes(shard);
        for (int i = 0; i < bytes.Length; i += 5)
        {
            byte[] damaged = [.. bytes];
            damaged[i] ^= 0x20;
            File.WriteAllBytes(shard, damaged);
            using IActivationSource source = ActivationStore.Open(_folder["a"]).OpenSource();
            using ActivationBatch good = new(20, 3);
            source.Read(good);
            ActivationStoreException exception = Assert.Throws<ActivationStoreException>(() => source.Read(good));
            Assert.Equal(ActivationStoreError.DamagedShard, exception.Error);
            Assert.StartsWith($"'{shard}'", exception.Message, StringComparison.Ordinal);
        }

        File.WriteAllBytes(shard, bytes[..^1]);
        Assert.Equal(ActivationStoreError.DamagedShard, Assert.Throws<ActivationStoreException>(() => ActivationStore.Open(_folder["a"])).Error);
        File.Delete(shard);
        Assert.Equal(ActivationStoreError.MissingShard, Assert.Throws<ActivationStoreException>(() => ActivationStore.Open(_folder["a"])).Error);
    }

    [Fact]
    public void A_harvest_over_damaged_shards_brings_the_same_bytes_back()
    {
        Harvest(_folder["whole"]);
        Dictionary<string, string> expected = Bytes(_folder["whole"]);
        foreach (int shard in new[] { 0, 3, 7 })
        {
            foreach (Action<string> damage in new Action<string>[] { File.Delete, path => Flip(path, 40), path => File.WriteAllBytes(path, File.ReadAllBytes(path)[..^3]) })
            {
                string path = Path.Combine(_folder["whole"], ActivationStoreIndex.ShardName(shard));
                damage(path);
                List<string> notes = [];
                PlainWindowModel model = new();
                Harvest(_folder["whole"], model: model, note: notes.Add);
                Assert.Equal(expected, Bytes(_folder["whole"]));
                Assert.StartsWith($"warning: '{path}'", Assert.Single(notes), StringComparison.Ordinal);
                Assert.Contains($"from vector {10 * shard} on", notes[0], StringComparison.Ordinal);
                Assert.True(model.Runs > 0);
            }
        }
    }

    [Fact]
    public void A_flipped_bit_anywhere_in_the_index_is_found()
    {
        Harvest(_folder["a"]);
        string path = Path.Combine(_folder["a"], ActivationStoreIndex.FileName);
        byte[] good = File.ReadAllBytes(path);
        ActivationStoreIndex expected = ActivationStoreIndex.Read(_folder["a"]);
        for (int bit = 0; bit < good.Length * 8; bit++)
        {
            byte[] bytes = [.. good];
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            File.WriteAllBytes(path, bytes);
            try
            {
                // A line feed that became another kind of white space says the same.
                ActivationStoreIndex read = ActivationStoreIndex.Read(_folder["a"]);
                Assert.True(good[bit / 8] is (byte)' ' or (byte)'\n', $"bit {bit} of '{(char)good[bit / 8]}' was not found");
                Assert.Equal(expected.Shards, read.Shards);
            }
            catch (InputException exception)
            {
                Assert.Contains(path, exception.Message, StringComparison.Ordinal);
                Assert.DoesNotContain('\n', exception.Message);
            }
        }
    }

    [Fact]
    public void A_second_process_is_kept_out_and_what_a_kill_left_is_removed()
    {
        using (FolderLock.Take(_folder["a"]))
        {
            Assert.Contains("no other process", Assert.ThrowsAny<InputException>(() => Harvest(_folder["a"])).Message, StringComparison.Ordinal);
        }

        File.WriteAllText(Path.Combine(_folder["a"], ".saltus-1-1.part"), "half");
        Harvest(_folder["a"]);
        Assert.False(File.Exists(Path.Combine(_folder["a"], ".saltus-1-1.part")));
    }

    [Fact]
    public void A_shard_of_other_tensors_is_refused_by_tensor()
    {
        ActivationStoreIndex index = Harvest(_folder["a"]);
        (SafetensorsWriter Writer, string Name)[] wrong =
        [
            (new SafetensorsWriter().Add("activations", new float[30]), "activations"),
            (new SafetensorsWriter().Add("other", new float[30]), "activations"),
            (new SafetensorsWriter().Add("activations", TensorDtype.F32, [10, 3], (_, values) => values.Clear()), "activations"),
            (new SafetensorsWriter().Add("activations", TensorDtype.F16, [10, 3], (_, values) => values.Clear()), "document"),
            (new SafetensorsWriter().Add("activations", TensorDtype.F16, [10, 3], (_, values) => values.Clear()).AddInt32("document", [10], new int[10]).AddInt32("position", [9], new int[9]), "position"),
        ];
        string path = Path.Combine(_folder["a"], index.Shards[0].File);
        foreach ((SafetensorsWriter writer, string name) in wrong)
        {
            writer.Write(path);
            StoreShard[] shards = [.. index.Shards];
            shards[0] = new StoreShard(shards[0].File, shards[0].Rows, new FileInfo(path).Length, FileChecksum.Compute(path));
            (index with { Shards = shards }).Write(_folder["a"]);
            using IActivationSource source = ActivationStore.Open(_folder["a"]).OpenSource();
            using ActivationBatch batch = new(5, 3);
            InputException exception = Assert.ThrowsAny<InputException>(() => source.Read(batch));
            Assert.Contains($"'{name}'", exception.Message, StringComparison.Ordinal);
            Assert.Contains(path, exception.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("\"count\": 71", "\"count\": 72")]
    [InlineData("activations-00001", "../elsewhere-00001")]
    [InlineData("\"dtype\": \"F16\"", "\"dtype\": \"I8\"")]
    [InlineData("\"d\": 3", "\"d\": 0")]
    [InlineData("\"version\": 1", "\"version\": 2")]
    [InlineData("\"rows\": 10", "\"rows\": 9")]
    [InlineData("\"shards\"", "\"pieces\"")]
    [InlineData("{", "")]
    public void An_index_that_cannot_be_is_refused(string old, string replacement)
    {
        Harvest(_folder["a"]);
        string path = Path.Combine(_folder["a"], ActivationStoreIndex.FileName);
        string text = File.ReadAllText(path);
        int at = text.IndexOf(old, StringComparison.Ordinal);
        Assert.True(at >= 0, text);
        File.WriteAllText(path, string.Concat(text.AsSpan(0, at), replacement, text.AsSpan(at + old.Length)));
        InputException exception = Assert.ThrowsAny<InputException>(() => ActivationStore.Open(_folder["a"]));
        Assert.Contains(path, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
    }

    [Fact]
    public void A_folder_without_a_store_is_refused()
    {
        Assert.Equal(ActivationStoreError.NotAStore, Assert.Throws<ActivationStoreException>(() => ActivationStore.Open(_folder.Path)).Error);
        Assert.Equal(ActivationStoreError.NotAStore, Assert.Throws<ActivationStoreException>(() => ActivationStore.Open(_folder["none"])).Error);
    }

    [Fact]
    public void A_random_order_gives_every_vector_once_in_each_pass_and_skips_like_it_reads()
    {
        Harvest(_folder["a"]);
        ActivationStore store = ActivationStore.Open(_folder["a"]);
        ReadingOrder order = new() { Seed = 4, Vectors = 150 };
        List<(int Document, int Position, int Token, string Vector)> Read(long? seed, int skip = 0)
        {
            using IActivationSource source = store.OpenSource(order with { Seed = seed });
            Assert.Equal(skip, source.Skip(skip));
            return LiveActivationSourceTests.Read(source, 9);
        }

        List<(int Document, int Position, int Token, string Vector)> plain = Read(null);
        List<(int Document, int Position, int Token, string Vector)> mixed = Read(4);
        Assert.Equal(plain[..71], plain[71..142]);
        Assert.Equal(plain[..71].Order(), mixed[..71].Order());
        Assert.Equal(plain[..71].Order(), mixed[71..142].Order());
        Assert.NotEqual(mixed[..71], mixed[71..142]);
        Assert.NotEqual(plain[..71], mixed[..71]);
        Assert.Equal(mixed, Read(4));
        Assert.NotEqual(mixed, Read(5));
        for (int skip = 0; skip <= 150; skip += 7)
        {
            Assert.Equal(mixed[skip..], Read(4, skip));
            Assert.Equal(plain[skip..], Read(null, skip));
        }
    }

    [Fact]
    public void A_value_that_the_element_type_cannot_hold_is_refused_by_place()
    {
        ActivationStoreException exception = Assert.Throws<ActivationStoreException>(() => Harvest(_folder["a"], model: new PlainWindowModel { Factor = 10_000 }));
        Assert.Equal(ActivationStoreError.NotFinite, exception.Error);
        Assert.Contains("column 0", exception.Message, StringComparison.Ordinal);
        Assert.Contains("store BF16 or F32", exception.Message, StringComparison.Ordinal);
        Harvest(_folder["b"], dtype: TensorDtype.BF16, model: new PlainWindowModel { Factor = 10_000 });
        exception = Assert.Throws<ActivationStoreException>(() => Harvest(_folder["c"], dtype: TensorDtype.F32, model: new PlainWindowModel { Factor = float.NaN }));
        Assert.Contains("found NaN", exception.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _corpus.Dispose();
        _folder.Dispose();
    }

    private static ActivationStoreSettings Settings(int width) => new()
    {
        Width = width,
        Site = "resid_post",
        Layer = 2,
        Model = "plain",
        ModelHash = "abc",
        TokenizerHash = "def",
        Text = "letters",
        TextHash = "012",
        Context = PlainCorpus.Context,
        Seed = 5,
        Vectors = s_options.Vectors,
        RowsPerShard = 10,
    };

    private static Dictionary<string, string> Bytes(string folder) => Directory.EnumerateFiles(folder)
        .Order(StringComparer.Ordinal)
        .ToDictionary(path => Path.GetFileName(path), path => Encoding.Latin1.GetString(File.ReadAllBytes(path)));

    private static void Flip(string path, int at)
    {
        byte[] bytes = File.ReadAllBytes(path);
        bytes[at] ^= 1;
        File.WriteAllBytes(path, bytes);
    }

    private ActivationStoreIndex Harvest(
        string folder,
        Func<ActivationStoreSettings, ActivationStoreSettings>? change = null,
        TensorDtype dtype = TensorDtype.F16,
        PlainWindowModel? model = null,
        Action<string>? note = null)
    {
        ActivationStoreSettings settings = Settings(3) with { Dtype = dtype };
        return ActivationHarvest.Run(new FirstSite(model ?? new PlainWindowModel()), _corpus.Windows(seed: 5), [(folder, change?.Invoke(settings) ?? settings)], s_options with { Note = note })[0];
    }

    private sealed class FirstSite(PlainWindowModel model) : IWindowModel
    {
        public IReadOnlyList<int> Widths { get; } = [3];

        public void Run(IReadOnlyList<TokenWindow> windows, Action<int, Saltus.Tensors.Matrix> read) => model.Run(windows, (site, activations) =>
        {
            if (site == 0)
            {
                read(0, activations);
            }
        });
    }
}
