package reports

func proofPage(p Proof) ([]byte, error) { return nil, nil }
