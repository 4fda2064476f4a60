package io.promptferry.collector;

import io.promptferry.collector.response.Responses;
import io.promptferry.collector.result.Expectations;
import io.promptferry.collector.retry.RetryPolicy;
import io.promptferry.records.PromptEvent;
import io.promptferry.schemas.RecordDecoder;
import java.time.Clock;

/** What the collections of a partition work with. */
record CollectTools(
    CollectSettings settings,
    Responses responses,
    RecordDecoder<PromptEvent> decoder,
    Expectations expectations,
    RetryPolicy retries,
    SliceRecords slices,
    Clock clock) {}
