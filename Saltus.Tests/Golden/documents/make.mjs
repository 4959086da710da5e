// Makes the Parquet files of this folder with parquet-wasm 0.8.0 (the Rust implementation of Apache Parquet) and apache-arrow 21.2.0, run by Node.js:
//   npm install parquet-wasm@0.8.0 apache-arrow@21.2.0 && node make.mjs
import * as arrow from "apache-arrow";
import * as parquet from "parquet-wasm/node";
import { writeFileSync } from "node:fs";

const rows = 5;
const columns = {
    text: arrow.vectorFromArray(["one\né", "", "three 😀", "one\né", "last"], new arrow.Utf8()),
    source: arrow.vectorFromArray(["s", null, "s", null, "t"], new arrow.Utf8()),
    title: arrow.vectorFromArray(["a", "b", "c", "d", "e"], new arrow.Utf8()),
    content: arrow.vectorFromArray(["c0", "c1", "c2", "c3", "c4"], new arrow.Utf8()),
    holes: arrow.vectorFromArray(["x", null, "y", "z", "w"], new arrow.Utf8()),
    number: arrow.vectorFromArray(Array.from({ length: rows }, (_, i) => i), new arrow.Int32()),
};
const stream = arrow.tableToIPC(new arrow.Table(columns), "stream");
for (const [name, compression] of [["plain", parquet.Compression.UNCOMPRESSED], ["snappy", parquet.Compression.SNAPPY], ["zstd", parquet.Compression.ZSTD], ["gzip", parquet.Compression.GZIP]]) {
    // Two rows a group: several groups, and a last one that is shorter.
    const properties = new parquet.WriterPropertiesBuilder().setCompression(compression).setMaxRowGroupSize(2).build();
    writeFileSync(`${name}.parquet`, parquet.writeParquet(parquet.Table.fromIPCStream(stream), properties));
}
