/** Uploads in parts, as Amazon S3 and its kin have them. */

/** The name of an upload that was begun; undefined when the text is no such answer. */
export function uploadId(xml: string): string | undefined {
  return /<UploadId>([^<]+)<\/UploadId>/.exec(xml)?.[1];
}

/** What puts the parts together: their tags, in their order. */
export function uploadXml(tags: readonly string[]): string {
  const parts = tags.map(
    (tag, i) => `<Part><PartNumber>${i + 1}</PartNumber><ETag>${tag.replaceAll('"', '&quot;')}</ETag></Part>`,
  );
  return `<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`;
}
