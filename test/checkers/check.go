// Checks a log of ours with Go's own packages for signed notes and transparency logs; nothing of ours is used.
//
//	check <folder>
//
// The folder holds `log.vkey`, `segment.ndjson.gz` and any number of `*.tlog-proof`. For each proof: its checkpoint is signed by the key, the
// tree hash over the segment's first entries is the checkpoint's root, and the proof leads from its entry to that root.
package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const tailPayload = 4073

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: check <folder>")
		os.Exit(2)
	}
	checked, err := check(os.Args[1])
	if err != nil {
		fmt.Println("refused:", err)
		os.Exit(1)
	}
	fmt.Println("whole:", checked, "proofs")
}

func check(folder string) (int, error) {
	vkey, err := os.ReadFile(filepath.Join(folder, "log.vkey"))
	if err != nil {
		return 0, err
	}
	verifier, err := note.NewVerifier(strings.TrimSpace(string(vkey)))
	if err != nil {
		return 0, err
	}
	entries, err := readSegment(filepath.Join(folder, "segment.ndjson.gz"))
	if err != nil {
		return 0, err
	}
	hashes, err := storedHashes(entries)
	if err != nil {
		return 0, err
	}
	proofs, err := filepath.Glob(filepath.Join(folder, "*.tlog-proof"))
	if err != nil {
		return 0, err
	}
	for _, path := range proofs {
		if err := checkProof(path, verifier, entries, hashes); err != nil {
			return 0, fmt.Errorf("%s: %w", filepath.Base(path), err)
		}
	}
	if len(proofs) == 0 {
		return 0, fmt.Errorf("no proofs in %s", folder)
	}
	return len(proofs), nil
}

func readSegment(path string) ([][]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	reader, err := gzip.NewReader(file)
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(reader)
	if err != nil {
		return nil, err
	}
	if len(text) < tailPayload {
		return nil, fmt.Errorf("a segment without a tail")
	}
	lines := bytes.Split(text[:len(text)-tailPayload], []byte("\n"))
	return lines[:len(lines)-1], nil
}

type storage []tlog.Hash

func (s storage) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		hashes[i] = s[index]
	}
	return hashes, nil
}

func storedHashes(entries [][]byte) (storage, error) {
	var hashes storage
	for i, entry := range entries {
		more, err := tlog.StoredHashes(int64(i), entry, hashes)
		if err != nil {
			return nil, err
		}
		hashes = append(hashes, more...)
	}
	return hashes, nil
}

func checkProof(path string, verifier note.Verifier, entries [][]byte, hashes storage) error {
	file, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	head, envelope, found := strings.Cut(string(file), "\n\n")
	lines := strings.Split(head, "\n")
	if !found || len(lines) < 2 || lines[0] != "c2sp.org/tlog-proof@v1" {
		return fmt.Errorf("not a tlog-proof")
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[1], "index "), 10, 64)
	if err != nil {
		return err
	}
	var proof tlog.RecordProof
	for _, line := range lines[2:] {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return err
		}
		proof = append(proof, hash)
	}
	size, root, err := openCheckpoint(envelope, verifier)
	if err != nil {
		return err
	}
	if index < 0 || index >= size || size > int64(len(entries)) {
		return fmt.Errorf("index %d, size %d, %d entries", index, size, len(entries))
	}
	tree, err := tlog.TreeHash(size, hashes)
	if err != nil {
		return err
	}
	if tree != root {
		return fmt.Errorf("the entries have another tree hash than the checkpoint")
	}
	return tlog.CheckRecord(proof, size, root, index, tlog.RecordHash(entries[index]))
}

func openCheckpoint(envelope string, verifier note.Verifier) (int64, tlog.Hash, error) {
	opened, err := note.Open([]byte(envelope), note.VerifierList(verifier))
	if err != nil {
		return 0, tlog.Hash{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() || lines[3] != "" {
		return 0, tlog.Hash{}, fmt.Errorf("not a checkpoint of three lines by %s", verifier.Name())
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return 0, tlog.Hash{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	return size, root, err
}
