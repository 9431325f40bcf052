package io.mqttsentinel.runtime;

import java.util.Map;
import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.Cache;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.WriteBufferManager;

/**
 * One budget of native memory for all state stores of a process. Without it each store of each
 * partition may take 50 MB of cache and 48 MB of write buffers. Takes nothing before the first
 * store asks, and lives as long as the process.
 */
final class StoreMemory {

  static final String CONFIG = "sentinel.store.memory";

  private static final long WRITE_BUFFER = 4L << 20;

  private final long bytes;
  private Cache cache;
  private WriteBufferManager writeBuffers;

  StoreMemory(long bytes) {
    this.bytes = bytes;
  }

  /** Write buffers count as part of the cache, and get at most half of it. */
  private synchronized void limit(Options options) {
    if (cache == null) {
      RocksDB.loadLibrary();
      cache = new LRUCache(bytes);
      writeBuffers = new WriteBufferManager(bytes / 2, cache);
    }
    BlockBasedTableConfig table = (BlockBasedTableConfig) options.tableFormatConfig();
    table.setBlockCache(cache);
    table.setCacheIndexAndFilterBlocks(true);
    table.setCacheIndexAndFilterBlocksWithHighPriority(true);
    table.setPinTopLevelIndexAndFilter(true);
    options.setTableFormatConfig(table);
    options.setWriteBufferManager(writeBuffers);
    options.setWriteBufferSize(WRITE_BUFFER);
    options.setMaxWriteBufferNumber(2);
  }

  /** Made by Kafka Streams for each store. */
  public static final class Setter implements RocksDBConfigSetter {

    @Override
    public void setConfig(String store, Options options, Map<String, Object> configs) {
      ((StoreMemory) configs.get(CONFIG)).limit(options);
    }

    @Override
    public void close(String store, Options options) {
      // What is shared outlives the store.
    }
  }
}
